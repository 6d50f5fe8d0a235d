using Quorate.KeyValue.Records;

namespace Quorate.KeyValue.Events;

/// <summary>
/// A run of changes in order of revision and place within it, and what each makes garbage, so that a compaction
/// knows at once what it frees.
/// </summary>
/// <remarks>The writer fills slots beyond the end that any published version knows; those before it never change.</remarks>
internal sealed class EventChunk
{
    /// <summary>Binary logarithm of the number of slots.</summary>
    public const int SlotsShift = 9;

    /// <summary>Changes a chunk holds.</summary>
    public const int Slots = 1 << SlotsShift;

    /// <summary>The changes.</summary>
    public readonly RecordHandle[] Changes = new RecordHandle[Slots];

    /// <summary>Bytes freed by a compaction at the revision of the change or later: the older version that it replaced.</summary>
    public readonly int[] FreedAtBytes = new int[Slots];

    /// <summary>Bytes freed by a compaction above the revision of the change: a tombstone itself, and a version that
    /// was replaced within its own revision.</summary>
    public readonly int[] FreedAboveBytes = new int[Slots];

    /// <summary>Sums of all changes before this chunk.</summary>
    public long FreedAtBytesBefore;

    /// <inheritdoc cref="FreedAtBytesBefore"/>
    public long FreedAboveBytesBefore;
}
