namespace Quorate.KeyValue;

/// <summary>
/// The versions of one key that are held, oldest first: what a slot of the tree refers to. A key with one version
/// is its own history (<see cref="KeyRevision"/>), so that the common key costs no list; more are a
/// <see cref="KeyHistory"/>. Immutable: a new version makes a new entry.
/// </summary>
/// <remarks>Invariant: one version or more, ascending by (ModRevision, Sub), all of the same key.</remarks>
internal abstract class KeyEntry
{
    /// <summary>The newest version; a tombstone where the key is deleted.</summary>
    public KeyRevision Newest => this is KeyRevision single ? single : ((KeyHistory)this).Last;

    /// <summary>Number of versions held.</summary>
    public abstract int Count { get; }

    /// <summary>A version; the oldest is at zero.</summary>
    public abstract KeyRevision this[int index] { get; }

    /// <summary>The entry with a newer version added.</summary>
    public abstract KeyEntry With(KeyRevision newer);

    /// <summary>Index of the first version modified at or after a revision; <see cref="Count"/> where none was.</summary>
    public abstract int FirstAtOrAfter(long revision);

    /// <summary>The version that a read at a revision meets, maybe a tombstone; null where there was none yet.</summary>
    public KeyRevision? At(long revision)
    {
        KeyRevision newest = Newest;
        if (newest.ModRevision <= revision)
        {
            return newest;
        }

        int after = FirstAtOrAfter(revision + 1);
        return after == 0 ? null : this[after - 1];
    }

    /// <summary>
    /// Index of the oldest version that a compaction keeps; <see cref="Count"/> where it keeps none. Kept are all
    /// versions from the compact revision on, tombstones too, since they are events that a watch may still ask for,
    /// and the version that a read at the compact revision meets, if that is not a tombstone.
    /// </summary>
    /// <remarks>
    /// This alone decides what the store logically holds. How much of the rest is still in memory shows nowhere, or
    /// members that collect garbage at different paces would differ.
    /// </remarks>
    public int FirstKept(long compactRevision)
    {
        int first = FirstAtOrAfter(compactRevision);
        if (first < Count && this[first].ModRevision == compactRevision)
        {
            return first;
        }

        return first > 0 && !this[first - 1].IsTombstone ? first - 1 : first;
    }

    /// <summary>The entry without what a compaction drops; null where nothing is left.</summary>
    public KeyEntry? Trim(long compactRevision)
    {
        int first = FirstKept(compactRevision);
        int kept = Count - first;
        return first == 0 ? this : kept switch
        {
            0 => null,
            1 => this[first],
            _ => ((KeyHistory)this).From(first),
        };
    }
}
