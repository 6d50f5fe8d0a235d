using Quorate.Raft.Messages;

namespace Quorate.Raft;

/// <content>The receiver of entries (paper §5.3).</content>
public sealed partial class RaftNode
{
    /// <summary>
    /// As a follower it acknowledges nothing beyond this index for now, be it durable: the host applies more slowly than entries come.
    /// A leader sends only so much ahead of what is acknowledged (spec L5), so that what waits here has a bound. Heartbeats are
    /// answered as ever, and acknowledge what is durable once this is raised.
    /// </summary>
    public long AcknowledgedIndexMax { get; set; } = long.MaxValue;

    /// <summary>AppendEntries RPC, receiver implementation (paper figure 2). Step 1, the older term, is refused before.</summary>
    private void HandleAppendEntries(AppendEntries request)
    {
        if (!IsWellFormed(request))
        {
            return;
        }

        LeaderHeard(request.From);

        // Step 2: the log must hold the entry before the new ones.
        if (!Holds(request.Previous))
        {
            Send(new AppendEntriesReply
            {
                From = Id,
                To = request.From,
                Term = CurrentTerm,
                Success = false,
                Previous = request.Previous,
                Conflict = _log.LastNotAfter(request.Previous),
                ReadRound = request.ReadRound,
            });
            return;
        }

        // Steps 3 and 4.
        StoreEntries(request.Entries.Span);

        // Step 5. Up to here this log is known to equal the leader's, and no further.
        long lastMatching = request.Previous.Index + request.Entries.Length;
        CommitTo(Math.Min(request.CommitIndex, lastMatching));

        Acknowledge(request, lastMatching);
    }

    /// <summary>
    /// A valid message of the leader of this term came: whoever stood for election in it has lost (paper §5.2), and
    /// the election timer starts again.
    /// </summary>
    private void LeaderHeard(MemberId leader)
    {
        if (IsLeader || (!LeaderId.IsNone && LeaderId != leader))
        {
            throw new RaftInvariantException($"member {Id} heard {leader} as leader of term {CurrentTerm}, whose leader is {LeaderId} (election safety)");
        }

        BecomeFollower(CurrentTerm, leader);
        _suspectedLeader = MemberId.None;
        _refusedForLeader = null;
        _electionTimer.LeaderHeard();
    }

    private static bool IsWellFormed(AppendEntries request)
    {
        ReadOnlySpan<Entry> entries = request.Entries.Span;
        LogPosition last = request.Previous;
        foreach (ref readonly Entry entry in entries)
        {
            if (entry.Index != last.Index + 1 || entry.Term < last.Term)
            {
                return false;
            }

            last = entry.Position;
        }

        return last.Term <= request.Term;
    }

    /// <summary>
    /// Whether this log and the leader's agree up to a position. Up to the commit index they do: a leader's log has
    /// every committed entry (paper §5.4.3), so a term that is compacted away is not missed.
    /// </summary>
    private bool Holds(LogPosition position) =>
        _log.TryGetTerm(position.Index, out long term) ? term == position.Term : position.Index <= CommitIndex;

    /// <summary>
    /// Deletes from the first entry that conflicts, if one does, and appends what is new. An entry that is there already
    /// stays, with all after it: the message may be an old one (spec L3).
    /// </summary>
    private void StoreEntries(ReadOnlySpan<Entry> entries)
    {
        int known = 0;
        while (known < entries.Length && Holds(entries[known].Position))
        {
            known++;
        }

#if QUORATE_MUTANTS
        if (Mutants.Is(Mutant.OldMessageTruncates) && known > 0 && known == entries.Length && entries[^1].Index < _log.LastIndex)
        {
            TruncateFrom(new LogPosition(CurrentTerm, entries[^1].Index + 1));
        }
#endif
        if (known == entries.Length)
        {
            return;
        }

        if (entries[known].Index <= _log.LastIndex)
        {
            TruncateFrom(entries[known].Position);
        }

        foreach (ref readonly Entry entry in entries[known..])
        {
            _log.Append(entry);
            if (entry.Kind == EntryKind.Configuration)
            {
                _configurations.Append(entry.Index, ConfigurationCodec.Decode(entry.Command.Span));
                ConfigurationChanged();
            }
        }
    }

    private void TruncateFrom(LogPosition conflicting)
    {
        if (conflicting.Index <= CommitIndex)
        {
            throw new RaftInvariantException(
                $"member {Id} was sent entry {conflicting} in place of a committed one of term {_log.TermAt(conflicting.Index)}; committed up to {CommitIndex} (state machine safety)");
        }

        long lastKept = conflicting.Index - 1;
        _log.TruncateAfter(lastKept);
        _writes.Truncated(lastKept);
        _writtenIndex = Math.Min(_writtenIndex, lastKept);
        if (_configurations.TruncateAfter(lastKept))
        {
            ConfigurationChanged();
        }
    }

    /// <summary>
    /// An acknowledgement of entries waits for the disk (spec L4). A heartbeat is answered at once with what is on disk,
    /// so that a slow disk is not taken for a dead follower. Neither goes beyond <see cref="AcknowledgedIndexMax"/>.
    /// </summary>
    private void Acknowledge(AppendEntries request, long lastMatching)
    {
        if (!request.WantsAnswer)
        {
            return;
        }

        bool mustWait = !request.Entries.IsEmpty && lastMatching > _writes.DurableIndex;
        var reply = new AppendEntriesReply
        {
            From = Id,
            To = request.From,
            Term = CurrentTerm,
            Success = true,
            Previous = request.Previous,
            MatchIndex = Math.Min(mustWait ? lastMatching : Math.Min(lastMatching, _writes.DurableIndex), AcknowledgedIndexMax),
            ReadRound = request.ReadRound,
        };
#if QUORATE_MUTANTS
        if (Mutants.Is(Mutant.FollowerAcknowledgesUnflushed))
        {
            mustWait = false;
        }
#endif
        if (mustWait)
        {
            SendOnceDurable(reply);
        }
        else
        {
            Send(reply);
        }
    }
}
