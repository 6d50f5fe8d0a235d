using Quorate.Raft.Messages;

namespace Quorate.Raft;

/// <content>A leader's office: taking commands, the commit index, heartbeats, and what keeps it honest (paper §5.2, §5.4.2; spec E5).</content>
public sealed partial class RaftNode
{
    private readonly Func<MemberId, long> _matchIndexOf;
    private readonly Func<MemberId, bool> _isActive;

    /// <summary>Everybody but the leader, in order of id; empty unless leading.</summary>
    private Progress[] _followers = [];

    private long _uncommittedBytes;
    private int _sinceHeartbeatTicks;
    private int _sinceQuorumCheckTicks;

    /// <summary>Asks the leader, if this is it, to append a command.</summary>
    public ProposeResult Propose(ReadOnlyMemory<byte> command)
    {
        if (!IsLeader)
        {
            return new ProposeResult(ProposeStatus.NotLeader, default);
        }

        if (_leadershipTransfer.IsUnderWay)
        {
            return new ProposeResult(ProposeStatus.Transferring, default);
        }

        // A single command of any size passes when nothing else waits.
        if (_uncommittedBytes > 0 && _uncommittedBytes + command.Length > _options.UncommittedBytesMax)
        {
            return new ProposeResult(ProposeStatus.Overloaded, default);
        }

        return new ProposeResult(ProposeStatus.Accepted, AppendOwn(EntryKind.Command, command));
    }

    /// <summary>Candidate → leader (paper §5.2): finds its followers anew and appends a no-op of its term (spec C2).</summary>
    private void BecomeLeader()
    {
        Role = Role.Leader;
        LeaderId = Id;
        _sinceHeartbeatTicks = 0;
        _sinceQuorumCheckTicks = 0;
        long next = _log.LastIndex + 1;
        _followers = [.. Configuration.Members.Where(member => member != Id).Select(member => new Progress(member, next, _options))];
        _uncommittedBytes = 0;
        for (long index = CommitIndex + 1; index <= _log.LastIndex; index++)
        {
            _uncommittedBytes += _log[index].Command.Length;
        }

        AppendOwn(EntryKind.NoOp, default);
    }

    /// <summary>Whoever waits for this leader is told that it leads no more.</summary>
    private void StopLeading()
    {
        _followers = [];
        _leadershipTransfer.Abandon();
        _electionTimer.Restart();
        RefuseLeaderReads();
    }

    private LogPosition AppendOwn(EntryKind kind, ReadOnlyMemory<byte> command)
    {
        var entry = new Entry(CurrentTerm, _log.LastIndex + 1, kind, command);
        _log.Append(entry);
        _uncommittedBytes += command.Length;
        return entry.Position;
    }

    private void TickLeader()
    {
        // Heartbeats would go on while nothing can be written, and nobody would stand for election (spec E5).
        if (IsDiskStalled)
        {
            BecomeFollower(CurrentTerm, leader: MemberId.None);
            return;
        }

        if (++_sinceQuorumCheckTicks >= _options.ElectionTimeoutTicks)
        {
            _sinceQuorumCheckTicks = 0;
            if (!_quorum.IsQuorum(_isActive))
            {
                BecomeFollower(CurrentTerm, leader: MemberId.None);
                return;
            }

            foreach (Progress follower in _followers)
            {
                follower.IsActive = false;
            }
        }

        if (_leaderReads.TickAndHaveWaitedTooLong())
        {
            RefuseLeaderReads();
        }

        _leadershipTransfer.Tick();
        if (++_sinceHeartbeatTicks >= _options.HeartbeatTicks)
        {
            _sinceHeartbeatTicks = 0;
            Heartbeat();
        }
    }

    /// <summary>Keeps followers from standing, and asks again whatever was not answered (spec L6, L7).</summary>
    private void Heartbeat()
    {
        BeginRoundForSuspicions();
        foreach (Progress follower in _followers)
        {
            if (follower.SnapshotTransfer is { } transfer && transfer.HeartbeatAndIsResendDue())
            {
                SendSnapshotChunk(follower, transfer);
            }

            SendHeartbeat(follower);
        }

        if (_leadershipTransfer.IsUnderWay && _leadershipTransfer.IsTargetTold)
        {
            Send(new TimeoutNow { From = Id, To = _leadershipTransfer.Target, Term = CurrentTerm });
        }
    }

    private void AdvanceCommitIndex() => CommitTo(CommitRule.Advance(_quorum, _matchIndexOf, _log, CurrentTerm, CommitIndex));

    /// <summary>
    /// Everything up to that index is committed: known from the followers, or from a snapshot that has been loaded, perhaps by one
    /// that has come to lead meanwhile. What a leader commits no longer counts as uncommitted.
    /// </summary>
    private void CommitTo(long index)
    {
        for (long committed = CommitIndex + 1; IsLeader && committed <= index; committed++)
        {
            _uncommittedBytes -= _log[committed].Command.Length;
        }

        CommitIndex = Math.Max(CommitIndex, index);
    }

    private Progress? FollowerOf(MemberId member)
    {
        foreach (Progress follower in _followers)
        {
            if (follower.Id == member)
            {
                return follower;
            }
        }

        return null;
    }

    /// <summary>What a member has on disk of this leader's log; its own part counts no earlier than that either (spec L4).</summary>
    private long MatchIndexOf(MemberId member) =>
        member == Id ?
#if QUORATE_MUTANTS
            Mutants.Is(Mutant.LeaderCountsUnflushed) ? _log.LastIndex :
#endif
            _writes.DurableIndex : FollowerOf(member)?.MatchIndex ?? 0;

    private bool IsActive(MemberId member) => member == Id || FollowerOf(member) is { IsActive: true };
}
