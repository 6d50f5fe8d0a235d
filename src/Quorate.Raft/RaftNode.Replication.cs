using Quorate.Raft.Messages;

namespace Quorate.Raft;

/// <content>The sender of entries (paper §5.3): what each follower is sent, and what its answers say.</content>
public sealed partial class RaftNode
{
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
            Refused(follower, reply);
            return;
        }

        if (follower.Accepted(reply.Previous.Index, reply.MatchIndex))
        {
            MatchAdvanced(follower);
        }
    }

    private void Refused(Progress follower, AppendEntriesReply reply)
    {
        long meeting = MeetingPoint(reply.Conflict);
        if (reply.Previous.Index > follower.MatchIndex || follower.Mode == ProgressMode.Snapshot)
        {
            follower.Refused(reply.Previous, meeting);
            return;
        }

        // Not in the paper, where what is on a disk stays there. The loss is not to last until the next election, with one copy
        // less of what is committed than was promised, and a follower that answers and takes nothing in.
        long acknowledged = follower.MatchIndex;
        if (follower.RefusedWhatItAcknowledged(reply.Previous, reply.ReadRound, _leaderReads.Round))
        {
            meeting = Math.Min(meeting, reply.Previous.Index - 1);
            follower.Lost(meeting);
            _pending.FollowerLosses.Add(new FollowerLoss(follower.Id, acknowledged, meeting));
        }
    }

    /// <summary>So that an answer which raises a suspicion can be told from a later one that proves it.</summary>
    private void BeginRoundForSuspicions()
    {
        foreach (Progress follower in _followers)
        {
            if (follower.SuspectedFromRound > _leaderReads.Round)
            {
                _leaderReads.BeginEmptyRound(CommitIndex);
                return;
            }
        }
    }

    /// <summary>Where a follower's log may meet this one, given where its own may: skips a term of this log as the follower's answer skipped one of its own.</summary>
    private long MeetingPoint(LogPosition conflict) =>
        conflict.Index < _log.BeforeFirst.Index ? conflict.Index : _log.LastNotAfter(conflict).Index;

    private static void Heard(Progress follower)
    {
        follower.IsActive = true;
        follower.SnapshotTransfer?.Heard();
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
}
