using System.Diagnostics;

namespace Quorate.Raft;

/// <summary>What a leader knows and does about one follower.</summary>
/// <remarks>
/// Invariants: <c>MatchIndex &lt; NextIndex</c>; <see cref="MatchIndex"/> never falls within a term; <see cref="SnapshotTransfer"/> is
/// set in mode Snapshot only; the window is empty unless in mode Replicate.
/// </remarks>
internal sealed class Progress(MemberId id, long nextIndex, RaftOptions options)
{
    public MemberId Id { get; } = id;

    public long MatchIndex { get; private set; }

    public long NextIndex { get; private set; } = nextIndex;

    public ProgressMode Mode { get; private set; } = ProgressMode.Probe;

    /// <summary>Answered since the last check of the quorum (spec E5).</summary>
    public bool IsActive { get; set; }

    /// <summary>In mode Probe: the message is out, and only a heartbeat repeats the question.</summary>
    public bool IsProbeOutstanding { get; set; }

    /// <summary>The highest commit index sent; what it does not know yet goes with the next message.</summary>
    public long CommitIndexSent { get; set; }

    /// <summary>The newest round of leadership confirmation that it answered (thesis §6.4).</summary>
    public long ReadRound { get; set; }

    public InflightWindow Window { get; } = new(options.InflightMessagesMax, options.InflightBytesMax);

    /// <summary>In mode Snapshot: what is being sent; null while there is no snapshot that would be of use.</summary>
    public SnapshotTransfer? SnapshotTransfer { get; private set; }

    public FollowerProgress View => new(Id, MatchIndex, NextIndex, Mode, IsActive);

    /// <summary>Entries up to <paramref name="lastIndex"/> are sent ahead of their answer.</summary>
    public void SentAhead(long lastIndex, long bytes)
    {
        Debug.Assert(Mode == ProgressMode.Replicate, "only a follower whose log is known to meet ours is sent ahead to");
        NextIndex = lastIndex + 1;
        Window.Add(lastIndex, bytes);
    }

    /// <summary>The follower's log meets ours at <paramref name="previousIndex"/>, and holds ours durably up to <paramref name="matchIndex"/>. Returns whether more is known to match than before.</summary>
    public bool Accepted(long previousIndex, long matchIndex)
    {
        bool advanced = matchIndex > MatchIndex;
        if (advanced)
        {
            MatchIndex = matchIndex;
            NextIndex = Math.Max(NextIndex, matchIndex + 1);
            Window.Acknowledge(matchIndex);
        }

        // An answer to an older message may say less than what is being probed now.
        if (Mode == ProgressMode.Probe && Math.Max(previousIndex, MatchIndex) + 1 >= NextIndex)
        {
            BecomeReplicate();
        }

        return advanced;
    }

    /// <summary>
    /// The follower's log does not hold <paramref name="previous"/>; <paramref name="meeting"/> is where it may meet ours.
    /// </summary>
    /// <remarks>
    /// What is known to match stays so: a refusal at or before it is an old one. While probing, only the answer to the
    /// probe that is out counts, so that repeated and reordered refusals move nothing twice.
    /// </remarks>
    public void Refused(LogPosition previous, long meeting)
    {
        if (previous.Index <= MatchIndex || Mode == ProgressMode.Snapshot)
        {
            return;
        }

        if (Mode == ProgressMode.Probe && previous.Index != NextIndex - 1)
        {
            return;
        }

        // A message was lost, or overtaken by one sent later: everything after the meeting point goes out again.
        long next = Math.Max(MatchIndex, Math.Min(meeting, previous.Index - 1)) + 1;
        BecomeProbe(Math.Min(next, NextIndex));
    }

    public void BecomeProbe(long nextIndex)
    {
        Mode = ProgressMode.Probe;
        NextIndex = nextIndex;
        IsProbeOutstanding = false;
        Window.Clear();
        SnapshotTransfer = null;
    }

    public void BecomeSnapshot(SnapshotTransfer? transfer)
    {
        Mode = ProgressMode.Snapshot;
        NextIndex = transfer is null ? MatchIndex + 1 : transfer.Snapshot.LastIncluded.Index + 1;
        Window.Clear();
        SnapshotTransfer = transfer;
    }

    /// <summary>The follower has all up to <paramref name="index"/>, be it from a snapshot: the log goes on after it.</summary>
    public void Caught(long index)
    {
        MatchIndex = Math.Max(MatchIndex, index);
        BecomeProbe(MatchIndex + 1);
    }

    private void BecomeReplicate()
    {
        Mode = ProgressMode.Replicate;
        IsProbeOutstanding = false;
        Window.Clear();
    }
}
