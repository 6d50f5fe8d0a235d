using System.Diagnostics;

namespace Quorate.Raft;

/// <summary>What a leader knows and does about one follower.</summary>
/// <remarks>
/// Invariants: <c>MatchIndex &lt; NextIndex</c>; <see cref="MatchIndex"/> never falls within a term, unless the follower is proved to have lost what it acknowledged; <see cref="SnapshotTransfer"/> is
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

    /// <summary>How often it was found to have lost what it had acknowledged.</summary>
    public int Losses { get; private set; }

    /// <summary>
    /// The round with which a refusal of something up to <see cref="_suspectedIndex"/> proves a loss; zero while there is no suspicion.
    /// </summary>
    public long SuspectedFromRound { get; private set; }

    private long _suspectedIndex;

    public InflightWindow Window { get; } = new(options.InflightMessagesMax, options.InflightBytesMax);

    /// <summary>In mode Snapshot: what is being sent; null while there is no snapshot that would be of use.</summary>
    public SnapshotTransfer? SnapshotTransfer { get; private set; }

    public FollowerProgress View => new(Id, MatchIndex, NextIndex, Mode, IsActive, Losses);

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

    /// <summary>
    /// The follower says that its log does not hold <paramref name="previous"/>, which it has acknowledged: that is an old answer, or it
    /// has lost it, as a disk does that lied about a flush, or an older copy of its folder. Returns whether the latter is proved: where
    /// this answers something that was sent after the acknowledgement had come.
    /// </summary>
    /// <param name="previous">What it refused; not after <see cref="MatchIndex"/>.</param>
    /// <param name="round">The round of the message that it refused.</param>
    /// <param name="presentRound">The round that is out, or the last one.</param>
    public bool RefusedWhatItAcknowledged(LogPosition previous, long round, long presentRound)
    {
        if (SuspectedFromRound > 0 && previous.Index <= _suspectedIndex)
        {
            return round >= SuspectedFromRound;
        }

        // Whatever names a later round than the present one is sent after this moment.
        SuspectedFromRound = presentRound + 1;
        _suspectedIndex = MatchIndex;
        return false;
    }

    /// <summary>It has lost what it acknowledged: nothing is known of it any more, and it is asked from <paramref name="meeting"/> on.</summary>
    public void Lost(long meeting)
    {
        Losses++;
        SuspectedFromRound = 0;
        MatchIndex = 0;
        BecomeProbe(meeting + 1);
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
