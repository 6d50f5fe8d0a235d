using Quorate.KeyValue.Events;

namespace Quorate.KeyValue;

/// <summary>
/// Of a version of the store the numbers and the log of changes, which never change and may be read from any thread for
/// as long as it is held. Its keys are the <see cref="StoreVersion"/>'s, which is to be asked for.
/// </summary>
/// <remarks>
/// Holding a version costs the writer: none of the nodes that are in it may serve again (<see cref="Tree.NodePool"/>). So whoever
/// wants a revision, or follows the changes, takes this.
/// </remarks>
public abstract class StoreHistory
{
    private const int Free = 0;
    private const int Held = 1;
    private const int Retired = 2;

    private int _hold;

    private protected StoreHistory(EventLogView changes, long revision, long compactRevision, long sizeBytes, long keyCount)
    {
        Changes = changes;
        Revision = revision;
        CompactRevision = compactRevision;
        SizeBytes = sizeBytes;
        KeyCount = keyCount;
    }

    /// <summary>The revision; one when nothing was ever written.</summary>
    public long Revision { get; }

    /// <summary>Revisions below this are gone; zero or less when nothing was compacted.</summary>
    public long CompactRevision { get; }

    /// <summary>Number of keys present.</summary>
    public long KeyCount { get; }

    /// <summary>
    /// Bytes of keys and values of all revisions held, with the store's own cost of each. What a compaction dropped
    /// counts no more from the compaction on, whenever its memory is freed: equal on all members at equal revisions.
    /// </summary>
    public long SizeBytes { get; }

    /// <summary>All changes up to this version, by position.</summary>
    internal EventLogView Changes { get; }

    /// <summary>
    /// The changes of a range of keys, in order, from one revision to another, both included. All changes of the
    /// compact revision itself are still there. Revisions that are not reached yet have no changes.
    /// </summary>
    /// <exception cref="RevisionCompactedException">Changes from the first revision on are gone in part.</exception>
    public IEnumerable<KeyValueEvent> Events(long fromRevision, long toRevision, KeyRange keys)
    {
        if (fromRevision < CompactRevision)
        {
            throw new RevisionCompactedException(fromRevision, CompactRevision);
        }

        return Walk(Changes, fromRevision, toRevision, keys);
    }

    /// <summary>
    /// Has it kept whole from now on, and for as long as anybody refers to it: the version with its keys. Null once there is a
    /// newer one and nobody had asked for this; then <see cref="KeyValueStore.Current"/> has the newer one.
    /// </summary>
    public StoreVersion? TryHold() =>
        Volatile.Read(ref _hold) == Held || Interlocked.CompareExchange(ref _hold, Held, Free) != Retired ? (StoreVersion)this : null;

    /// <summary>
    /// What a change of this version replaced: the key as it was just before the change's revision. Null when it was absent then,
    /// or when that is no longer known because of a compaction; and for a creation, which may have a value before its revision
    /// where the same transaction deleted the key first: the deletion replaced that.
    /// </summary>
    internal KeyValueRecord? Previous(KeyRevision change)
    {
        long before = change.ModRevision - 1;
        return before < CompactRevision || change.Version == 1 ? null : KeyEntry.At(Changes.Records, change, before)?.ToRecord();
    }

    /// <summary>
    /// Of the writer, once a newer one is published: nobody will be given its keys any more. False where somebody may be
    /// reading them.
    /// </summary>
    internal bool TryRetire() => Interlocked.CompareExchange(ref _hold, Retired, Free) == Free;

    private static IEnumerable<KeyValueEvent> Walk(EventLogView events, long fromRevision, long toRevision, KeyRange keys)
    {
        for (long position = events.FirstAtOrAfter(fromRevision); position < events.End; position++)
        {
            KeyRevision change = events[position];
            if (change.ModRevision > toRevision)
            {
                yield break;
            }

            if (keys.Contains(change.Key))
            {
                yield return KeyValueEvent.From(change);
            }
        }
    }
}
