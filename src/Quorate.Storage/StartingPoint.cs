using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>
/// Brings log and snapshots together at the start. Log and snapshots are made durable apart, so a crash can leave one
/// ahead of the other; every such state is either completed here or named as damage.
/// </summary>
internal sealed record StartingPoint
{
    public required HardState HardState { get; init; }

    public required SnapshotMetadata? Snapshot { get; init; }

    public required IReadOnlyList<Entry> Entries { get; init; }

    /// <summary>Where the log on disk has to begin anew, because it does not go on from the snapshot.</summary>
    /// <remarks>
    /// The algorithm finds the same in the entries that it is given (<c>RestoredLog.IsReplacedBySnapshot</c>). It is found here too
    /// because a log without entries, as a new member has when it receives its first snapshot, gives it nothing to find it
    /// by, and what is appended behind the snapshot would not follow on anything on disk.
    /// </remarks>
    public required LogPosition? ResetAt { get; init; }

    public static StartingPoint Choose(RecoveredLog log, RecoveredSnapshots snapshots, List<string> notes)
    {
        SnapshotMetadata? snapshot = snapshots.Good.Count > 0 ? snapshots.Good[^1] : null;
        long covered = snapshots.CoveredIndex;
        foreach ((LogPosition position, StorageDamagedException damage) in snapshots.Damaged)
        {
            if (position.Index <= covered)
            {
                notes.Add($"{damage.Finding}; it is not needed, since there is a newer snapshot");
                continue;
            }

            // Everything up to the damaged snapshot must be had from what is older.
            if (log.Start.Index > covered || log.TermAt(position.Index) != position.Term)
            {
                throw damage;
            }

            notes.Add($"{damage.Finding}; it was passed over, since the log still reaches back to {covered}");
        }

        string firstSegment = log.Place.Segments[0].Path;
        if (log.Start.Index > covered)
        {
            throw new LogDamagedException(
                firstSegment,
                0,
                snapshot is null
                    ? $"the log begins after entry {log.Start.Index}, and there is no snapshot"
                    : $"the log begins after entry {log.Start.Index}, and the newest snapshot ends with entry {covered}");
        }

        HardState hardState = log.HardState;
        IReadOnlyList<Entry> entries = log.Entries;
        LogPosition last = log.Last;
        LogPosition? resetAt = null;
        if (snapshot is not null && !GoesOnFrom(log, snapshot.LastIncluded))
        {
            // The log ends before the snapshot, or was overtaken by it: what it holds beyond was never committed (paper §7).
            notes.Add($"the log ends at {log.Last} and does not go on from the snapshot of {snapshot.LastIncluded}: it begins anew there");
            resetAt = last = snapshot.LastIncluded;
            entries = [];
        }

        // An installed snapshot may be durable before the term in which it came. No vote left in a term that was not
        // durable, so to take the term over without a vote promises nothing and breaks nothing. The algorithm does so by itself
        // (the constructor of RaftNode); here it is done so that the term goes to disk in one batch with the log's reset,
        // and the folder is in order before the member runs.
        if (hardState.CurrentTerm < last.Term)
        {
            hardState = new HardState(last.Term, MemberId.None);
        }

#if QUORATE_MUTANTS
        if (Mutants.Is(Mutant.VoteForgottenOnRestart))
        {
            hardState = new HardState(hardState.CurrentTerm, MemberId.None);
        }
#endif
        return new StartingPoint { HardState = hardState, Snapshot = snapshot, Entries = entries, ResetAt = resetAt };
    }

    private static bool GoesOnFrom(RecoveredLog log, LogPosition snapshot)
    {
        if (log.Last.Index < snapshot.Index)
        {
            return false;
        }

        // Where the segment with that entry is gone, it was let go because a snapshot covered it.
        long? term = log.TermAt(snapshot.Index);
        return term is null || term == snapshot.Term;
    }
}
