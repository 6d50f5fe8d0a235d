using System.Globalization;
using System.Runtime.CompilerServices;

namespace Quorate.Raft;

/// <summary>
/// What always holds of one server, checked after every event in tests and simulation: of its state, and of the change
/// since the last look. After a restart a new checker begins.
/// </summary>
public sealed class RaftInvariants
{
    private bool _hasSeen;
    private Role _role;
    private HardState _hardState;
    private HardState _durableHardState;
    private MemberId _leaderId;
    private long _commitIndex;
    private long _handedOutIndex;
    private LogPosition _lastLog;
    private LogPosition _committed;
    private IReadOnlyList<FollowerProgress> _followers = [];

    /// <summary>Checks a server.</summary>
    /// <exception cref="RaftInvariantException">Says what does not hold.</exception>
    public void Check(RaftNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        CheckIndexes(node);
        CheckLog(node);
        CheckRole(node);
        IReadOnlyList<FollowerProgress> followers = node.Followers;
        CheckFollowers(node, followers);
        if (_hasSeen)
        {
            CheckChange(node, followers);
        }

        Remember(node, followers);
    }

    private static void CheckIndexes(RaftNode node)
    {
        long last = node.LastLog.Index;
        Require(node, node.CommitIndex <= last, $"commit index {node.CommitIndex} is beyond the log, which ends at {last}");
        Require(node, node.DurableIndex <= last, $"durable index {node.DurableIndex} is beyond the log, which ends at {last}");
        Require(node, node.HandedOutIndex <= node.CommitIndex, $"handed out up to {node.HandedOutIndex}, committed only up to {node.CommitIndex}");
        Require(node, node.HandedOutIndex <= node.DurableIndex, $"handed out up to {node.HandedOutIndex}, on disk only up to {node.DurableIndex}");
        Require(
            node,
            node.Snapshot is null || node.Snapshot.LastIncluded.Index <= node.HandedOutIndex,
            $"the snapshot ends at {node.Snapshot?.LastIncluded}, handed out only up to {node.HandedOutIndex}");
        Require(
            node,
            node.Log.BeforeFirst.Index <= node.HandedOutIndex,
            $"the log in memory begins at {node.Log.FirstIndex}, handed out only up to {node.HandedOutIndex}");
        Require(node, node.DurableHardState.CurrentTerm <= node.CurrentTerm, $"term {node.DurableHardState.CurrentTerm} is on disk, the current one is {node.CurrentTerm}");
    }

    /// <summary>Of the log only what may have changed: what was committed at the last look is watched by its position.</summary>
    private void CheckLog(RaftNode node)
    {
        RaftLog log = node.Log;
        Require(node, log.Last.Term <= node.CurrentTerm, $"the log ends at {log.Last} in term {node.CurrentTerm}");
        long first = Math.Max(log.FirstIndex, _commitIndex + 1);
        long term = log.TryGetTerm(first - 1, out long termBefore) ? termBefore : 0;
        for (long index = first; index <= log.LastIndex; index++)
        {
            Entry entry = log[index];
            Require(node, entry.Index == index, $"entry {entry.Position} stands at index {index}");
            Require(node, entry.Term >= term, $"entry {entry.Position} follows one of term {term}");
            term = entry.Term;
        }
    }

    private static void CheckRole(RaftNode node)
    {
        bool isVoter = node.Configuration.IsVoter(node.Id);
        switch (node.Role)
        {
            case Role.Leader:
                Require(node, node.LeaderId == node.Id, $"it leads, and takes {node.LeaderId} for the leader");
                Require(node, node.VotedFor == node.Id, $"it leads, and voted for {node.VotedFor}");
                Require(node, node.DurableHardState.CurrentTerm == node.CurrentTerm, "it leads a term that is not on its disk");
                Require(node, node.LastLog.Term == node.CurrentTerm, $"it leads, and its log ends at {node.LastLog}, in an older term");
                break;
            case Role.Candidate:
                Require(node, node.VotedFor == node.Id, $"it is a candidate, and voted for {node.VotedFor}");
                Require(node, node.LeaderId.IsNone, $"it is a candidate, and knows {node.LeaderId} as leader");
                Require(node, isVoter, "it is a candidate, and has no vote");
                break;
            case Role.PreCandidate:
                Require(node, node.LeaderId.IsNone, $"it asks for pre-votes, and knows {node.LeaderId} as leader");
                Require(node, isVoter, "it asks for pre-votes, and has no vote");
                break;
            case Role.Follower:
                Require(node, isVoter, "it is a follower, and has no vote");
                Require(node, node.LeaderId != node.Id, "it follows itself");
                break;
            case Role.Learner:
                Require(node, !isVoter, "it is a learner, and has a vote");
                Require(node, node.LeaderId != node.Id, "it follows itself");
                break;
        }
    }

    private static void CheckFollowers(RaftNode node, IReadOnlyList<FollowerProgress> followers)
    {
        Require(node, node.Role == Role.Leader || followers.Count == 0, "it does not lead, and has followers");
        foreach (FollowerProgress follower in followers)
        {
            Require(node, follower.Id != node.Id, "it is its own follower");
            Require(node, follower.MatchIndex <= node.LastLog.Index, $"{follower.Id} is said to match up to {follower.MatchIndex}, beyond the log");
            Require(node, follower.NextIndex > follower.MatchIndex, $"{follower.Id} matches up to {follower.MatchIndex} and is next sent {follower.NextIndex}");
            Require(node, follower.NextIndex <= node.LastLog.Index + 1, $"{follower.Id} is next sent {follower.NextIndex}, the log ends at {node.LastLog}");
        }
    }

    private void CheckChange(RaftNode node, IReadOnlyList<FollowerProgress> followers)
    {
        Require(node, node.CurrentTerm >= _hardState.CurrentTerm, $"the term fell from {_hardState.CurrentTerm}");
        Require(
            node,
            node.CurrentTerm != _hardState.CurrentTerm || _hardState.VotedFor.IsNone || node.VotedFor == _hardState.VotedFor,
            $"within the term the vote went from {_hardState.VotedFor} to {node.VotedFor}");
        Require(node, node.DurableHardState.CurrentTerm >= _durableHardState.CurrentTerm, $"the term on disk fell from {_durableHardState.CurrentTerm}");
        Require(node, node.CommitIndex >= _commitIndex, $"the commit index fell from {_commitIndex} to {node.CommitIndex}");
        Require(node, node.HandedOutIndex >= _handedOutIndex, $"the index handed out fell from {_handedOutIndex} to {node.HandedOutIndex}");
        Require(
            node,
            !node.Log.TryGetTerm(_committed.Index, out long term) || term == _committed.Term,
            $"the committed entry {_committed} was replaced");
        if (node.CurrentTerm != _hardState.CurrentTerm)
        {
            return;
        }

        Require(
            node,
            _leaderId.IsNone || node.LeaderId.IsNone || node.LeaderId == _leaderId,
            $"within the term the leader went from {_leaderId} to {node.LeaderId}");
        if (_role == Role.Leader && node.Role == Role.Leader)
        {
            CheckLeaderChange(node, followers);
        }
    }

    /// <summary>Leader append-only (paper §5.3), and nothing forgotten of what followers acknowledged and have not lost.</summary>
    private void CheckLeaderChange(RaftNode node, IReadOnlyList<FollowerProgress> followers)
    {
        Require(node, node.LastLog.Index >= _lastLog.Index, $"a leader cut its own log from {_lastLog} to {node.LastLog}");
        Require(
            node,
            !node.Log.TryGetTerm(_lastLog.Index, out long term) || term == _lastLog.Term,
            $"a leader replaced its own entry {_lastLog}");
        for (int i = 0; i < followers.Count && i < _followers.Count; i++)
        {
            Require(
                node,
                followers[i].Id != _followers[i].Id || followers[i].MatchIndex >= _followers[i].MatchIndex || followers[i].Losses > _followers[i].Losses,
                $"what {followers[i].Id} acknowledged fell from {_followers[i].MatchIndex} to {followers[i].MatchIndex}");
        }
    }

    private void Remember(RaftNode node, IReadOnlyList<FollowerProgress> followers)
    {
        _hasSeen = true;
        _role = node.Role;
        _hardState = new HardState(node.CurrentTerm, node.VotedFor);
        _durableHardState = node.DurableHardState;
        _leaderId = node.LeaderId;
        _commitIndex = node.CommitIndex;
        _handedOutIndex = node.HandedOutIndex;
        _lastLog = node.LastLog;
        _followers = followers;
        if (node.Log.TryGetTerm(node.CommitIndex, out long term))
        {
            _committed = new LogPosition(term, node.CommitIndex);
        }
    }

    private static void Require(RaftNode node, bool holds, string violated)
    {
        if (!holds)
        {
            throw new RaftInvariantException($"member {node.Id}, {node.Role} in term {node.CurrentTerm}: {violated}");
        }
    }

    private static void Require(RaftNode node, bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref Violated violated)
    {
        if (!holds)
        {
            Require(node, holds, violated.ToText());
        }
    }

    /// <summary>Is put into words only where something does not hold: it is asked for after every event.</summary>
    [InterpolatedStringHandler]
    private ref struct Violated
    {
        private DefaultInterpolatedStringHandler _text;

        public Violated(int literalLength, int formattedCount, bool holds, out bool isWanted)
        {
            isWanted = !holds;
            _text = isWanted ? new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;
        }

        public void AppendLiteral(string text) => _text.AppendLiteral(text);

        public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

        public string ToText() => _text.ToStringAndClear();
    }
}
