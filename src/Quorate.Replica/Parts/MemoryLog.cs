using Quorate.Raft;

namespace Quorate.Replica.Parts;

/// <summary>
/// Says how much of the log stays in memory beside what is not applied yet: a little for whoever comes to lead, more for
/// followers that lag. Snapshots have no say in it, since what is applied is on disk; so a large state needs no more of
/// them than pays (<see cref="SnapshotTaker"/>).
/// </summary>
internal sealed class MemoryLog(ReplicaOptions options, RaftNode algorithm)
{
    /// <summary>How often something is let go of: as so small a part of what stays grows anew.</summary>
    private const int StepsPerBudget = 16;

    /// <summary>An entry takes memory beside its command, so for followers that lag one of fewer bytes counts as so many.</summary>
    private const int EntryBytesMin = 128;

    private readonly TrailingLog _trailing = new(options.TrailingEntriesKept, options.TrailingBytesKept);
    private readonly TrailingLog _lagging = new(options.LaggingBytesKept / EntryBytesMin, options.LaggingBytesKept);
    private long _letGoIndex;
    private long _letGoBytes;

    /// <summary>The first index that stays beside a snapshot at <paramref name="snapshotIndex"/>, taken when <paramref name="bytes"/> were applied.</summary>
    public long FirstKept(long snapshotIndex, long bytes) => _trailing.FirstKept(snapshotIndex, bytes);

    /// <summary>Everything up to the index is applied; <paramref name="bytes"/> is the running total of its bytes.</summary>
    /// <param name="index">Of the last entry applied.</param>
    /// <param name="bytes">Applied since the start.</param>
    /// <param name="snapshotIndex">Of the snapshot that is being written, from whose end somebody may have to go on; null where none is.</param>
    public void Applied(long index, long bytes, long? snapshotIndex)
    {
        _trailing.Applied(index, bytes);
        _lagging.Applied(index, bytes);
        if (index - _letGoIndex <= options.TrailingEntriesKept / StepsPerBudget && bytes - _letGoBytes < options.TrailingBytesKept / StepsPerBudget)
        {
            return;
        }

        _letGoIndex = index;
        _letGoBytes = bytes;
        long firstForFollowers = _lagging.FirstKept(index, bytes);
        long first = _trailing.FirstKept(index, bytes);
        if (snapshotIndex is { } written)
        {
            first = Math.Min(first, Math.Max(written + 1, firstForFollowers));
        }

        algorithm.ForgetBefore(first, firstForFollowers);
    }
}
