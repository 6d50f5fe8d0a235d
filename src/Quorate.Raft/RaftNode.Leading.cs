using Quorate.Raft.Messages;

namespace Quorate.Raft;

/// <content>The sender of entries, the commit index, and what keeps a leader honest (paper §5.3, §5.4.2; spec E5, E6).</content>
public sealed partial class RaftNode
{
    private readonly LeadershipTransfer _transfer;
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

        if (_transfer.IsUnderWay)
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

    /// <summary>Asks the leader, if this is it, to hand over (thesis §3.10).</summary>
    public TransferStatus TransferLeadership(MemberId target)
    {
        if (!IsLeader)
        {
            return TransferStatus.NotLeader;
        }

        if (target == Id)
        {
            return TransferStatus.AlreadyLeader;
        }

        if (!Configuration.IsVoter(target))
        {
            return TransferStatus.NotAVoter;
        }

        if (_transfer.IsUnderWay)
        {
            return TransferStatus.InProgress;
        }

        _transfer.Begin(target);
        TellTransferTargetOnceCaughtUp();
        return TransferStatus.Started;
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
        _transfer.Abandon();
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

        _transfer.Tick();
        if (++_sinceHeartbeatTicks >= _options.HeartbeatTicks)
        {
            _sinceHeartbeatTicks = 0;
            Heartbeat();
        }
    }

    /// <summary>Keeps followers from standing, and asks again whatever was not answered (spec L6, L7).</summary>
    private void Heartbeat()
    {
        foreach (Progress follower in _followers)
        {
            if (follower.Transfer is { } transfer && transfer.ShouldResend())
            {
                SendSnapshotChunk(follower, transfer);
            }

            SendHeartbeat(follower);
        }

        if (_transfer.IsUnderWay && _transfer.IsTargetTold)
        {
            Send(new TimeoutNow { From = Id, To = _transfer.Target, Term = CurrentTerm });
        }
    }

    /// <summary>
    /// An AppendEntries without entries. It names the last entry sent as the one before, so that a follower which lost
    /// one refuses it and the loss is found. While a snapshot is being sent it names the start of the log, which all logs share.
    /// </summary>
    private void SendHeartbeat(Progress follower)
    {
        LogPosition previous = LogPosition.Start;
        if (follower.Mode != ProgressMode.Snapshot && _log.TryGetTerm(follower.NextIndex - 1, out long term))
        {
            previous = new LogPosition(term, follower.NextIndex - 1);
        }

        SendAppend(follower, previous, default);
    }

    private void SendAppend(Progress follower, LogPosition previous, ReadOnlyMemory<Entry> entries, bool wantsAnswer = true)
    {
        follower.CommitIndexSent = CommitIndex;
        Send(new AppendEntries
        {
            From = Id,
            To = follower.Id,
            Term = CurrentTerm,
            Previous = previous,
            Entries = entries,
            CommitIndex = CommitIndex,
            ReadRound = _leaderReads.Round,
            WantsAnswer = wantsAnswer,
        });
    }

    /// <summary>Once an output is asked for: whatever a follower lacks and may be sent now.</summary>
    private void SendToFollowers()
    {
        BeginReadRound();
        foreach (Progress follower in _followers)
        {
            if (follower.Mode != ProgressMode.Snapshot && follower.NextIndex < _log.FirstIndex)
            {
                BeginSnapshot(follower);
            }

            switch (follower.Mode)
            {
                case ProgressMode.Probe:
                    SendProbe(follower);
                    break;
                case ProgressMode.Replicate:
                    SendAhead(follower);
                    break;
                case ProgressMode.Snapshot:
                    ContinueSnapshot(follower);
                    break;
            }
        }
    }

    private void SendProbe(Progress follower)
    {
        if (follower.IsProbeOutstanding)
        {
            return;
        }

        follower.IsProbeOutstanding = true;
        var previous = new LogPosition(_log.TermAt(follower.NextIndex - 1), follower.NextIndex - 1);
        ReadOnlyMemory<Entry> entries = follower.NextIndex > _log.LastIndex
            ? default
            : _log.Slice(follower.NextIndex, _log.LastIndex, _options.MessageEntriesMax, _options.MessageBytesMax, out _);
        SendAppend(follower, previous, entries);
    }

    /// <summary>Many entries a message, several messages in flight, bounded in both (spec L5).</summary>
    private void SendAhead(Progress follower)
    {
        while (follower.NextIndex <= _log.LastIndex && !follower.Window.IsFull)
        {
            long bytesMax = Math.Min(_options.MessageBytesMax, follower.Window.BytesFree);
            ReadOnlyMemory<Entry> entries = _log.Slice(follower.NextIndex, _log.LastIndex, _options.MessageEntriesMax, bytesMax, out long bytes);
            if (bytes > follower.Window.BytesFree && !follower.Window.IsEmpty)
            {
                return;
            }

            var previous = new LogPosition(_log.TermAt(follower.NextIndex - 1), follower.NextIndex - 1);
            follower.SentAhead(previous.Index + entries.Length, bytes);
            SendAppend(follower, previous, entries);
        }

        // Under load the commit index travels with the next entries; when none are on their way it goes by itself. All
        // that was sent has been answered then, so there is nothing to say to it; if it is lost, the next heartbeat tells.
        if (follower.CommitIndexSent < CommitIndex && follower.Window.IsEmpty)
        {
            LogPosition previous = new(_log.TermAt(follower.NextIndex - 1), follower.NextIndex - 1);
            SendAppend(follower, previous, default, wantsAnswer: false);
        }
    }

    private void HandleAppendEntriesReply(AppendEntriesReply reply)
    {
        Progress? follower = FollowerOf(reply.From);
        if (follower is null || reply.MatchIndex > _log.LastIndex)
        {
            return;
        }

        Heard(follower);
        ReadRoundAnswered(follower, reply.ReadRound);
        if (!reply.Success)
        {
            follower.Refused(reply.Previous, MeetingPoint(reply.Conflict));
            return;
        }

        if (follower.Accepted(reply.Previous.Index, reply.MatchIndex))
        {
            MatchAdvanced(follower);
        }
    }

    /// <summary>Where a follower's log may meet this one, given where its own may: skips a term of this log as the follower's answer skipped one of its own.</summary>
    private long MeetingPoint(LogPosition conflict) =>
        conflict.Index < _log.BeforeFirst.Index ? conflict.Index : _log.LastNotAfter(conflict).Index;

    private static void Heard(Progress follower)
    {
        follower.IsActive = true;
        follower.Transfer?.Heard();
    }

    private void MatchAdvanced(Progress follower)
    {
        // What the snapshot would have brought it has by now.
        if (follower.Mode == ProgressMode.Snapshot && follower.MatchIndex >= _log.BeforeFirst.Index)
        {
            follower.BecomeProbe(follower.MatchIndex + 1);
        }

        AdvanceCommitIndex();
        TellTransferTargetOnceCaughtUp();
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

    /// <summary>The target must have the whole log, on its disk, before it stands: else it would lose the election it is to win (thesis §3.10).</summary>
    private void TellTransferTargetOnceCaughtUp()
    {
        if (!_transfer.IsUnderWay || _transfer.IsTargetTold)
        {
            return;
        }

        if (MatchIndexOf(_transfer.Target) < _log.LastIndex
#if QUORATE_MUTANTS
            && !Mutants.Is(Mutant.TransferTargetToldEarly)
#endif
        )
        {
            return;
        }

        _transfer.TargetTold();
        Send(new TimeoutNow { From = Id, To = _transfer.Target, Term = CurrentTerm });
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
