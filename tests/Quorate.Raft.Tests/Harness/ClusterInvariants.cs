namespace Quorate.Raft.Tests.Harness;

/// <summary>
/// What always holds of a whole cluster: of the five properties of paper figure 3 the four that compare servers, looked at
/// from outside. The fifth, Leader Append-Only, is of one server and belongs to <see cref="RaftInvariants"/>. Remembers
/// what was seen, so that leaders and committed entries of servers that have stopped since still count.
/// </summary>
public sealed class ClusterInvariants
{
    private readonly SortedDictionary<long, MemberId> _leaders = [];

    /// <summary>What was committed at each index, and the lowest term that a server was in which knew of it.</summary>
    private readonly SortedDictionary<long, (Entry Entry, long CommittedBy)> _committed = [];

    /// <summary>Up to where what a server has committed was compared; from its beginning, once it has started again.</summary>
    private readonly SortedDictionary<MemberId, (RaftNode Node, long CommitIndex)> _compared = [];

    private long _lastCommitted;

    /// <summary>Checks the servers that are running.</summary>
    /// <exception cref="RaftInvariantException">Says which property does not hold, and where.</exception>
    public void Check(IReadOnlyCollection<RaftNode> nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        CheckElectionSafety(nodes);
        CheckStateMachineSafety(nodes);
        CheckLogMatching(nodes);
        CheckLeaderCompleteness(nodes);
    }

    /// <summary>Election Safety: at most one leader a term (paper §5.2).</summary>
    private void CheckElectionSafety(IReadOnlyCollection<RaftNode> nodes)
    {
        foreach (RaftNode node in nodes)
        {
            if (node.Role != Role.Leader)
            {
                continue;
            }

            if (!_leaders.TryAdd(node.CurrentTerm, node.Id) && _leaders[node.CurrentTerm] != node.Id)
            {
                throw new RaftInvariantException($"election safety: {_leaders[node.CurrentTerm]} and {node.Id} both led term {node.CurrentTerm}");
            }
        }
    }

    /// <summary>Log Matching: two logs that hold the same position are equal up to it (paper §5.3).</summary>
    private static void CheckLogMatching(IReadOnlyCollection<RaftNode> nodes)
    {
        RaftNode[] all = [.. nodes];
        for (int i = 0; i < all.Length; i++)
        {
            for (int j = i + 1; j < all.Length; j++)
            {
                CheckLogMatching(all[i], all[j]);
            }
        }
    }

    private static void CheckLogMatching(RaftNode one, RaftNode other)
    {
        bool mustMatch = false;
        // What both have committed is compared, bytes and all, by state machine safety.
        long first = Math.Max(
            Math.Max(one.Log.FirstIndex, other.Log.FirstIndex),
            Math.Min(one.CommitIndex, other.CommitIndex) + 1);
        for (long index = Math.Min(one.Log.LastIndex, other.Log.LastIndex); index >= first; index--)
        {
            Entry left = one.Log[index];
            Entry right = other.Log[index];
            if (left.Term == right.Term)
            {
                mustMatch = true;
            }

            if (mustMatch && left != right)
            {
                throw new RaftInvariantException($"log matching: {one.Id} has {left} and {other.Id} has {right}, and both hold the same position at or after it");
            }
        }
    }

    /// <summary>State Machine Safety: no two servers have different entries committed at an index (paper §5.4.3).</summary>
    private void CheckStateMachineSafety(IReadOnlyCollection<RaftNode> nodes)
    {
        foreach (RaftNode node in nodes)
        {
            bool isKnown = _compared.TryGetValue(node.Id, out (RaftNode Node, long CommitIndex) before) && ReferenceEquals(before.Node, node);
            long first = Math.Max(node.Log.FirstIndex, (isKnown ? before.CommitIndex : 0) + 1);
            for (long index = first; index <= node.CommitIndex; index++)
            {
                CheckCommitted(node, node.Log[index]);
            }

            _compared[node.Id] = (node, node.CommitIndex);
        }
    }

    private void CheckCommitted(RaftNode node, Entry entry)
    {
        if (!_committed.TryGetValue(entry.Index, out (Entry Entry, long CommittedBy) known))
        {
            _committed.Add(entry.Index, (entry, node.CurrentTerm));
            _lastCommitted = Math.Max(_lastCommitted, entry.Index);
            return;
        }

        if (known.Entry != entry)
        {
            throw new RaftInvariantException(
                $"state machine safety: {node.Id} has {MessageText.Of(entry)} committed, where {MessageText.Of(known.Entry)} was");
        }

        if (node.CurrentTerm < known.CommittedBy)
        {
            _committed[entry.Index] = (entry, node.CurrentTerm);
        }
    }

    /// <summary>Leader Completeness: what was committed in a term is in the log of every leader of a later one (paper §5.4.3).</summary>
    /// <remarks>
    /// A leader of an older term may lead on, and need not have what a newer one has committed. What a leader has committed
    /// itself was compared above.
    /// </remarks>
    private void CheckLeaderCompleteness(IReadOnlyCollection<RaftNode> nodes)
    {
        foreach (RaftNode leader in nodes)
        {
            if (leader.Role != Role.Leader)
            {
                continue;
            }

            for (long index = leader.CommitIndex + 1; index <= _lastCommitted; index++)
            {
                if (_committed.TryGetValue(index, out (Entry Entry, long CommittedBy) committed)
                    && committed.CommittedBy < leader.CurrentTerm
                    && (index > leader.LastLog.Index || leader.Log[index] != committed.Entry))
                {
                    throw new RaftInvariantException(
                        $"leader completeness: {leader.Id} leads term {leader.CurrentTerm} without {MessageText.Of(committed.Entry)}, committed by term {committed.CommittedBy}");
                }
            }
        }
    }
}
