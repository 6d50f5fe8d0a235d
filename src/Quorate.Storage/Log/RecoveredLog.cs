using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>What the segments say, before it is brought together with the snapshots.</summary>
internal sealed record RecoveredLog
{
    /// <summary>
    /// The entry before the first of <see cref="Entries"/>; its term is <see cref="TermUnknown"/> where the segment that
    /// held it is gone.
    /// </summary>
    public required LogPosition Start { get; init; }

    public required List<Entry> Entries { get; init; }

    public HardState HardState => Place.HardState;

    public required LogPlace Place { get; init; }

    public const long TermUnknown = -1;

    /// <summary>Whether nothing was ever written to it.</summary>
    public bool IsEmpty => Place.NextNumber == SegmentFolder.FirstNumber;

    public LogPosition Last => Entries.Count > 0 ? Entries[^1].Position : Start;

    /// <summary>The term at an index; null where the log does not hold that entry.</summary>
    public long? TermAt(long index)
    {
        if (index == Start.Index)
        {
            return Start.Term == TermUnknown ? null : Start.Term;
        }

        return index > Start.Index && index <= Last.Index ? Entries[(int)(index - Start.Index - 1)].Term : null;
    }
}
