using Quorate.KeyValue.Events;
using Quorate.KeyValue.Snapshots;
using Quorate.KeyValue.Tree;

namespace Quorate.KeyValue;

/// <summary>The store as of one revision: immutable, and readable from any thread for as long as it is held.</summary>
public sealed class StoreVersion : StoreHistory, IKeyValueReader
{
    private readonly TreeView _tree;

    internal StoreVersion(TreeView tree, EventLogView changes, long revision, long compactRevision, long sizeBytes)
        : base(changes, revision, compactRevision, sizeBytes, tree.Root.LiveCount)
    {
        _tree = tree;
    }

    internal TreeView Tree => _tree;

    /// <summary>Reads a range.</summary>
    /// <exception cref="RevisionCompactedException">The query's revision is gone.</exception>
    /// <exception cref="FutureRevisionException">The query's revision is not reached yet.</exception>
    public RangeResult Range(RangeQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return RangeReader.Read(_tree, Revision, CompactRevision, query);
    }

    /// <summary>Reads one key at the present; null when it is absent.</summary>
    public KeyValueRecord? Get(ReadOnlyMemory<byte> key) => RangeReader.Find(_tree, key.Span, Revision)?.ToRecord();

    /// <summary>Reads one key at a revision, zero for the present; null when it was absent.</summary>
    /// <exception cref="RevisionCompactedException">The revision is gone.</exception>
    /// <exception cref="FutureRevisionException">The revision is not reached yet.</exception>
    public KeyValueRecord? Get(ReadOnlyMemory<byte> key, long revision) =>
        RangeReader.Find(_tree, key.Span, RangeReader.ResolveRevision(revision, Revision, CompactRevision))?.ToRecord();

    /// <summary>
    /// The records of a range at a revision, zero for the present, in order of key, each found when it is asked for: for
    /// ranges too large to be held.
    /// </summary>
    /// <exception cref="RevisionCompactedException">The revision is gone.</exception>
    /// <exception cref="FutureRevisionException">The revision is not reached yet.</exception>
    public IEnumerable<KeyValueRecord> Scan(KeyRange keys, long revision) =>
        RangeReader.Scan(_tree, keys, RangeReader.ResolveRevision(revision, Revision, CompactRevision));

    /// <summary>
    /// What a change replaced: the key as it was just before the change's revision. Null when it was absent then, or
    /// when that is no longer known because of a compaction; and for a creation, also where the same transaction deleted the
    /// key first: the deletion replaced what was there.
    /// </summary>
    public KeyValueRecord? Previous(in KeyValueEvent change)
    {
        long before = change.Revision - 1;
        return before < CompactRevision || change.IsCreate ? null : RangeReader.Find(_tree, change.Record.Key.Span, before)?.ToRecord();
    }

    /// <summary>
    /// A checksum of all versions up to a revision (zero for the present) that a compaction left: keys, values and
    /// every field. Equal on all members for an equal revision and compact revision. It reads everything there is.
    /// </summary>
    /// <exception cref="RevisionCompactedException">The revision is gone.</exception>
    /// <exception cref="FutureRevisionException">The revision is not reached yet.</exception>
    public uint Hash(long revision) =>
        StateHash.Compute(_tree, RangeReader.ResolveRevision(revision, Revision, CompactRevision), CompactRevision);

    /// <summary>
    /// The whole history that is held, for <see cref="KeyValueStore.Load"/>: pieces of up to 64 KiB, made as they are
    /// asked for, each to be used before the next, which uses the same buffer. Equal states give equal bytes, however
    /// they came about. The layout is in docs/store.md.
    /// </summary>
    public IEnumerable<ReadOnlyMemory<byte>> WriteSnapshot() => StoreSnapshotWriter.Write(_tree, Revision, CompactRevision);

    /// <summary>The keys present that are attached to a lease, in order, and their leases. It walks all keys.</summary>
    public IEnumerable<(ReadOnlyMemory<byte> Key, long Lease)> LeasedKeys()
    {
        var cursor = new TreeCursor(_tree, KeyRange.From(default));
        while (cursor.NextEntry() is { } entry)
        {
            if (entry.Newest is { IsTombstone: false, Lease: not 0 } newest)
            {
                yield return (newest.KeyMemory, newest.Lease);
            }
        }
    }
}
