using Quorate.Raft.Messages;

namespace Quorate.Raft;

/// <content>Compaction, and snapshots sent and received (paper §7; spec S1, S2).</content>
public sealed partial class RaftNode
{
    /// <summary>A received snapshot that the host is loading; nothing is handed out to be applied meanwhile.</summary>
    private SnapshotMetadata? _installing;

    /// <summary>The snapshot before the newest: a transfer that began with it may finish.</summary>
    private SnapshotMetadata? _previousSnapshot;

    /// <summary>
    /// Whether a follower lacks entries that are not in memory any more, and the newest snapshot ends before those that
    /// are: the host is to take another.
    /// </summary>
    public bool WantsSnapshot
    {
        get
        {
            foreach (Progress follower in _followers)
            {
                if (follower.Mode == ProgressMode.Snapshot && follower.SnapshotTransfer is null && NewestThatReachesTheLog is null)
                {
                    return true;
                }
            }

            return false;
        }
    }

    private SnapshotMetadata? NewestThatReachesTheLog => Snapshot is { } snapshot && ReachesTheLog(snapshot) ? snapshot : null;

    /// <summary>A snapshot of this server's own state is durable (paper §7).</summary>
    /// <remarks>A transfer to a follower may go on with the snapshot before this one: the host keeps the newest two readable.</remarks>
    public void SnapshotTaken(SnapshotMetadata snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);

        // A newer one came from the leader while this one was being written; or it is written anew in the place of a damaged one.
        if (Snapshot is not null && (snapshot.LastIncluded.Index < Snapshot.LastIncluded.Index || snapshot.IsSameFileAs(Snapshot)))
        {
            return;
        }

        LogPosition lastIncluded = snapshot.LastIncluded;
        bool isKnown = lastIncluded.Index < _log.BeforeFirst.Index || _log.Contains(lastIncluded);
        if (lastIncluded.Index > _handedOutIndex || !isKnown)
        {
            throw new ArgumentException($"a snapshot at {snapshot.LastIncluded} holds more than was handed out, which ends at index {_handedOutIndex}", nameof(snapshot));
        }

        if (Snapshot?.LastIncluded != lastIncluded)
        {
            _previousSnapshot = Snapshot; // else its file has been replaced, and nobody can go on with it
        }

        Snapshot = snapshot;
        _configurations.CompactBefore(snapshot.LastIncluded.Index);
    }

    /// <summary>
    /// Entries before <paramref name="firstIndexKept"/> may leave the memory, as far as they were handed out; they need not
    /// be covered by a snapshot, since they are on disk here. Those that a follower lacks stay, from
    /// <paramref name="firstIndexKeptForFollowers"/> on. One that lacks more gets a snapshot.
    /// </summary>
    public void ForgetBefore(long firstIndexKept, long firstIndexKeptForFollowers)
    {
        long first = Math.Min(firstIndexKept, _handedOutIndex + 1);
        foreach (Progress follower in _followers)
        {
            first = Math.Min(first, Math.Max(FirstNeededBy(follower), firstIndexKeptForFollowers));
        }

        _log.CompactBefore(first);
    }

    /// <summary>A chunk is stored; the follower now has the snapshot's bytes before <paramref name="nextOffset"/>.</summary>
    /// <remarks>
    /// The last chunk of a whole snapshot is answered twice: here, with the snapshot's length, so that the leader stops sending;
    /// and by <see cref="SnapshotInstalled"/> once it is loaded, until when nothing is handed out to be applied. Where the last
    /// chunk came and the snapshot is not whole, or is damaged, nothing will be loaded, and entries are handed out again; the
    /// answer is the offset to go on from, be it zero.
    /// </remarks>
    public void SnapshotChunkStored(SnapshotChunk chunk, long nextOffset)
    {
        ArgumentNullException.ThrowIfNull(chunk);
        if (nextOffset != chunk.Snapshot.Length)
        {
            ExpectNoInstallation(chunk); // the last chunk came, and others are missing
        }

        if (LeaderId != chunk.From || IsLeader)
        {
            return;
        }

        Send(new InstallSnapshotReply { From = Id, To = LeaderId, Term = CurrentTerm, LastIncluded = chunk.Snapshot.LastIncluded, NextOffset = nextOffset });
    }

    /// <summary>A chunk was not stored, and those before it may be lost. It is not answered: the leader asks again, some time later.</summary>
    public void SnapshotChunkPassedOver(SnapshotChunk chunk)
    {
        ArgumentNullException.ThrowIfNull(chunk);
        ExpectNoInstallation(chunk);
    }

    /// <summary>A whole received snapshot is durable and its state loaded.</summary>
    public void SnapshotInstalled(SnapshotMetadata snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        _installing = null;
        LogPosition lastIncluded = snapshot.LastIncluded;
        if (lastIncluded.Index <= _handedOutIndex)
        {
            throw new InvalidOperationException($"a snapshot at {lastIncluded} was loaded over a state that has everything up to {_handedOutIndex}");
        }

        _previousSnapshot = Snapshot;
        Snapshot = snapshot;
        CommitTo(lastIncluded.Index);
        _handedOutIndex = lastIncluded.Index;

        // Step 6 of figure 13: where the log holds the last entry, what follows it stays.
        if (_log.Contains(lastIncluded))
        {
            _writes.CoveredBySnapshot(lastIncluded.Index);
            _configurations.CompactBefore(lastIncluded.Index);
        }
        else
        {
            ReplaceLogBy(snapshot);
        }

        if (!LeaderId.IsNone && !IsLeader)
        {
            AnswerInstalled(LeaderId, snapshot);
        }
    }

    /// <summary>There is nothing to load yet, even if this was the last chunk: entries are handed out again.</summary>
    private void ExpectNoInstallation(SnapshotChunk chunk)
    {
        if (chunk.Done && _installing is not null && _installing.IsSameFileAs(chunk.Snapshot))
        {
            _installing = null;
        }
    }

    /// <summary>Steps 7 and 8 of figure 13: the whole log goes, and the configuration is the snapshot's.</summary>
    private void ReplaceLogBy(SnapshotMetadata snapshot)
    {
        LogPosition lastIncluded = snapshot.LastIncluded;
        _log.Reset(lastIncluded);
        _writes.Truncated(0);
        _writes.CoveredBySnapshot(lastIncluded.Index);
        _writtenIndex = lastIncluded.Index;
        _configurations.Reset(lastIncluded.Index, snapshot.Configuration);
        _pending.ReplacedBySnapshot = snapshot;
        ConfigurationChanged();
    }

    /// <summary>InstallSnapshot RPC, receiver implementation (paper figure 13). Step 1, the older term, is refused before.</summary>
    private void HandleInstallSnapshot(InstallSnapshot request)
    {
        if (request.Offset < 0 || request.ChunkLength < 0 || request.Offset + request.ChunkLength > request.Snapshot.Length
            || request.Snapshot.LastIncluded.Term > request.Term)
        {
            return;
        }

        LeaderHeard(request.From);
        LogPosition lastIncluded = request.Snapshot.LastIncluded;

        // An old one, or one whose last entry the log already has: there is nothing to fetch.
        if (lastIncluded.Index <= CommitIndex)
        {
            AnswerInstalled(request.From, request.Snapshot);
            return;
        }

        if (_log.Contains(lastIncluded))
        {
            CommitTo(lastIncluded.Index); // a snapshot holds committed entries only
            AnswerInstalled(request.From, request.Snapshot);
            return;
        }

        // The host is loading one; the leader asks again.
        if (_installing is not null)
        {
            return;
        }

        // Steps 2 to 5 are the host's, which tells how far it has come.
        _pending.SnapshotChunks.Add(new SnapshotChunk(request.From, request.Snapshot, request.Offset, request.Data, request.Done));
        if (request.Done)
        {
            _installing = request.Snapshot;
        }
    }

    /// <summary>That all up to the snapshot's end is here is a promise like an acknowledgement of entries (spec L4).</summary>
    private void AnswerInstalled(MemberId leader, SnapshotMetadata snapshot) =>
        SendOnceDurable(new InstallSnapshotReply
        {
            From = Id,
            To = leader,
            Term = CurrentTerm,
            LastIncluded = snapshot.LastIncluded,
            NextOffset = snapshot.Length,
            Installed = true,
        });

    private void HandleInstallSnapshotReply(InstallSnapshotReply reply)
    {
        Progress? follower = FollowerOf(reply.From);
        if (follower is null || reply.LastIncluded.Index > _log.LastIndex)
        {
            return;
        }

        Heard(follower);
        if (!reply.Installed)
        {
            if (follower.SnapshotTransfer is { } transfer && transfer.Snapshot.LastIncluded == reply.LastIncluded)
            {
                transfer.Answered(reply.NextOffset);
            }

            return;
        }

        if (follower.Mode == ProgressMode.Snapshot && reply.LastIncluded.Index > follower.MatchIndex)
        {
            follower.Caught(reply.LastIncluded.Index);
            MatchAdvanced(follower);
        }
    }

    /// <summary>The first entry that a follower has yet to be sent, or will have once its snapshot is installed.</summary>
    private long FirstNeededBy(Progress follower)
    {
        if (follower.Mode != ProgressMode.Snapshot)
        {
            return follower.MatchIndex + 1;
        }

        // One that waits for a snapshot that is not taken yet needs none of what is in memory now.
        return (follower.SnapshotTransfer?.Snapshot ?? NewestThatReachesTheLog) is { } snapshot ? snapshot.LastIncluded.Index + 1 : long.MaxValue;
    }

    /// <summary>The log no longer reaches back to what the follower lacks. Where no snapshot reaches the log, it waits for one.</summary>
    private void BeginSnapshot(Progress follower) =>
        follower.BecomeSnapshot(NewestThatReachesTheLog is { } snapshot ? new SnapshotTransfer(snapshot, _options.SnapshotChunkBytesMax) : null);

    /// <summary>Sends the next chunk once the one before is answered (spec S2).</summary>
    private void ContinueSnapshot(Progress follower)
    {
        if (follower.SnapshotTransfer is null || !IsStillOfUse(follower.SnapshotTransfer.Snapshot))
        {
            BeginSnapshot(follower);
        }

        if (follower.SnapshotTransfer is { IsOutstanding: false } transfer)
        {
            SendSnapshotChunk(follower, transfer);
        }
    }

    /// <summary>A transfer goes on as long as its file is kept and the log goes on from its end.</summary>
    private bool IsStillOfUse(SnapshotMetadata snapshot) =>
        (ReferenceEquals(snapshot, Snapshot) || ReferenceEquals(snapshot, _previousSnapshot)) && ReachesTheLog(snapshot);

    /// <summary>Whether the entries in memory go on from a snapshot's end.</summary>
    private bool ReachesTheLog(SnapshotMetadata snapshot) =>
        snapshot.LastIncluded.Index >= _log.BeforeFirst.Index
#if QUORATE_MUTANTS
        || Mutants.Is(Mutant.SnapshotEndsBeforeLog)
#endif
        ;

    private void SendSnapshotChunk(Progress follower, SnapshotTransfer transfer)
    {
        transfer.Sent();
        Send(new InstallSnapshot
        {
            From = Id,
            To = follower.Id,
            Term = CurrentTerm,
            Snapshot = transfer.Snapshot,
            Offset = transfer.Offset,
            ChunkLength = transfer.ChunkLength,
        });
    }
}
