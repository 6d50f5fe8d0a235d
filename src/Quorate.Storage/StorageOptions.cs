namespace Quorate.Storage;

/// <summary>Sizes and limits of a member's storage.</summary>
public sealed record StorageOptions
{
    /// <summary>Bytes of a log segment; a multiple of 512, at least 4096. May change from one start to the next.</summary>
    public int SegmentBytes { get; init; } = 64 << 20;

    /// <summary>Empty segments kept for later use; more are deleted.</summary>
    public int SpareSegmentsMax { get; init; } = 2;

    /// <summary>
    /// Beyond this many bytes waiting for the batch in flight, <see cref="WriteAheadLog.IsCongested"/> asks the caller
    /// to take no more commands in.
    /// </summary>
    public int StagedBytesMax { get; init; } = 64 << 20;

    /// <summary>Longest command of an entry, in bytes.</summary>
    public int CommandBytesMax { get; init; } = 64 << 20;

    /// <summary>Good snapshots kept, the newest included; at least one.</summary>
    public int SnapshotsKept { get; init; } = 2;

    internal void Validate()
    {
        if (SegmentBytes < 4096 || SegmentBytes % 512 != 0)
        {
            throw new ArgumentException($"a log segment of {SegmentBytes} bytes cannot work: a multiple of 512, at least 4096, would");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(SpareSegmentsMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(StagedBytesMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CommandBytesMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(CommandBytesMax, 512 << 20);
        ArgumentOutOfRangeException.ThrowIfLessThan(SnapshotsKept, 1);
    }
}
