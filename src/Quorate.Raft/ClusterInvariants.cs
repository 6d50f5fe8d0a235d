namespace Quorate.Raft;

/// <summary>
/// What always holds of a whole cluster: the five properties of paper figure 3, looked at from outside. Remembers what
/// was seen, so that leaders and committed entries of servers that have stopped since still count.
/// </summary>
public sealed class ClusterInvariants
{
    private readonly SortedDictionary<long, MemberId> _leaders = [];
    private readonly SortedDictionary<long, long> _committedTerms = [];
    private readonly SortedDictionary<MemberId, long> _checkedCommits = [];
    private long _lastCommitted;

    /// <summary>Checks the servers that are running.</summary>
    /// <exception cref="RaftInvariantException">Says which property does not hold, and where.</exception>
    public void Check(IReadOnlyCollection<RaftNode> nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        CheckElectionSafety(nodes);
        CheckLogMatching(nodes);
        CheckStateMachineSafety(nodes);
        CheckLeaderCompleteness(nodes);
    }

    /// <summary>At most one leader a term (paper §5.2).</summary>
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

    /// <summary>Two logs that hold the same position are equal up to it (paper §5.3).</summary>
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
        // What both have committed is compared by state machine safety.
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

    /// <summary>No two servers have different entries committed at an index (paper §5.4.3).</summary>
    private void CheckStateMachineSafety(IReadOnlyCollection<RaftNode> nodes)
    {
        foreach (RaftNode node in nodes)
        {
            long seen = _checkedCommits.GetValueOrDefault(node.Id);
            for (long index = Math.Max(node.Log.FirstIndex, seen + 1); index <= node.CommitIndex; index++)
            {
                long term = node.Log.TermAt(index);
                _lastCommitted = Math.Max(_lastCommitted, index);
                if (!_committedTerms.TryAdd(index, term) && _committedTerms[index] != term)
                {
                    throw new RaftInvariantException($"state machine safety: {node.Id} has {term}/{index} committed, where {_committedTerms[index]}/{index} was");
                }
            }

            // A server that restarted begins with a lower commit index and is looked at again.
            _checkedCommits[node.Id] = node.CommitIndex;
        }
    }

    /// <summary>What was committed is in the log of every leader of a later term (paper §5.4.3).</summary>
    private void CheckLeaderCompleteness(IReadOnlyCollection<RaftNode> nodes)
    {
        long newest = nodes.Count == 0 ? 0 : nodes.Max(node => node.CurrentTerm);
        foreach (RaftNode leader in nodes)
        {
            // A leader of an older term need not have what a newer one committed.
            if (leader.Role != Role.Leader || leader.CurrentTerm != newest)
            {
                continue;
            }

            for (long index = leader.CommitIndex + 1; index <= _lastCommitted; index++)
            {
                if (_committedTerms.TryGetValue(index, out long term) && !leader.Log.Contains(new LogPosition(term, index)))
                {
                    throw new RaftInvariantException($"leader completeness: {leader.Id} leads term {leader.CurrentTerm} without {term}/{index}, which is committed");
                }
            }
        }
    }
}
