using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>Where the log ends and how it goes on: what recovery hands to the writer.</summary>
internal sealed record LogPlace
{
    /// <summary>The segments in order; the last is written to. Never empty.</summary>
    public required List<SegmentInfo> Segments { get; init; }

    /// <summary>Spare segments, by path.</summary>
    public required Queue<string> Spares { get; init; }

    /// <summary>Number for the next spare segment made.</summary>
    public required ulong NextSpare { get; init; }

    public required IDiskFile ActiveFile { get; init; }

    public required ulong ActiveSalt { get; init; }

    /// <summary>Where the next block goes.</summary>
    public required long Offset { get; init; }

    /// <summary>The number of the next block.</summary>
    public required ulong NextNumber { get; init; }

    /// <summary>Header checksum of the last block.</summary>
    public required uint Chain { get; init; }

    public required HardState HardState { get; init; }

    public required LogPosition Last { get; init; }
}
