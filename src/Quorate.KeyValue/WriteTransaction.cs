using Quorate.KeyValue.Leases;

namespace Quorate.KeyValue;

/// <summary>
/// A write under way. Reads inside it see its own changes. Its revision is one above the present if it changes
/// anything; a transaction that changes nothing uses up no revision.
/// </summary>
/// <remarks>
/// Disposing it, or beginning another, without a commit takes all its changes back: the store is as if it had never
/// begun. Only the writer's thread may use it.
/// </remarks>
public sealed class WriteTransaction : IKeyValueReader, IDisposable
{
    private readonly KeyValueStore _store;

    internal WriteTransaction(KeyValueStore store)
    {
        _store = store;
    }

    /// <summary>The revision that a read inside now reflects: the present one until something is changed.</summary>
    public long Revision => OpenStore.RevisionInTransaction;

    /// <summary>Revisions below this are gone; zero or less when nothing was compacted.</summary>
    public long CompactRevision => OpenStore.CompactRevision;

    /// <summary>Whether anything was changed.</summary>
    public bool HasChanges => OpenStore.HasChanges;

    /// <summary>Reads a range, with this transaction's own changes.</summary>
    /// <exception cref="RevisionCompactedException">The query's revision is gone.</exception>
    /// <exception cref="FutureRevisionException">The query's revision is not reached yet.</exception>
    public RangeResult Range(RangeQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        KeyValueStore store = OpenStore;
        return RangeReader.Read(store.Tree, store.RevisionInTransaction, store.CompactRevision, query);
    }

    /// <summary>
    /// The records of a range at a revision, zero for the present with this transaction's own changes, in order of key, each
    /// found when it is asked for. To be done with before the next change.
    /// </summary>
    /// <exception cref="RevisionCompactedException">The revision is gone.</exception>
    /// <exception cref="FutureRevisionException">The revision is not reached yet.</exception>
    public IEnumerable<KeyValueRecord> Scan(KeyRange keys, long revision)
    {
        KeyValueStore store = OpenStore;
        return RangeReader.Scan(store.Tree, keys, RangeReader.ResolveRevision(revision, store.RevisionInTransaction, store.CompactRevision));
    }

    /// <summary>Reads one key, with this transaction's own changes; null when it is absent.</summary>
    public KeyValueRecord? Get(ReadOnlyMemory<byte> key)
    {
        KeyValueStore store = OpenStore;
        return RangeReader.Find(store.Tree, key.Span, store.RevisionInTransaction)?.ToRecord();
    }

    /// <summary>Reads one key at a revision, zero for the present with this transaction's own changes; null when it was absent.</summary>
    /// <exception cref="RevisionCompactedException">The revision is gone.</exception>
    /// <exception cref="FutureRevisionException">The revision is not reached yet.</exception>
    public KeyValueRecord? Get(ReadOnlyMemory<byte> key, long revision)
    {
        KeyValueStore store = OpenStore;
        long resolved = RangeReader.ResolveRevision(revision, store.RevisionInTransaction, store.CompactRevision);
        return RangeReader.Find(store.Tree, key.Span, resolved)?.ToRecord();
    }

    /// <summary>
    /// Reads one key as it was before this transaction, published or not; null when it was absent.
    /// </summary>
    public KeyValueRecord? GetBefore(ReadOnlyMemory<byte> key)
    {
        KeyValueStore store = OpenStore;
        return RangeReader.Find(store.Tree, key.Span, store.Revision)?.ToRecord();
    }

    /// <summary>Writes a key; returns the version it replaces, if any. The bytes are copied.</summary>
    /// <exception cref="ArgumentException">The key is empty, or key and value together are above <see cref="KeyValueStore.RecordBytesMax"/>.</exception>
    public KeyValueRecord? Put(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, long lease) =>
        OpenStore.Put(key.Span, value.Span, lease)?.ToRecord();

    /// <summary>Deletes the keys of a range; returns what was deleted, in order of key.</summary>
    public IReadOnlyList<KeyValueRecord> Delete(KeyRange keys) => OpenStore.Delete(keys);

    /// <summary>
    /// Tells which keys this transaction attaches to other leases than before, in the order of its changes; a deletion
    /// detaches. Not of a transaction that is taken back: ask before committing, when nothing can fail any more.
    /// </summary>
    public void MoveKeys(LeaseTable leases)
    {
        ArgumentNullException.ThrowIfNull(leases);
        OpenStore.MoveKeys(leases);
    }

    /// <summary>Publishes the changes and returns the version that holds them.</summary>
    public StoreVersion Commit()
    {
        CommitUnpublished();
        _store.Publish();
        return _store.Current;
    }

    /// <summary>
    /// Ends the transaction with its changes made, but not yet shown to readers: later transactions see them,
    /// <see cref="KeyValueStore.Current"/> does from the next <see cref="KeyValueStore.Publish"/> on. What many
    /// transactions change is then copied once.
    /// </summary>
    public void CommitUnpublished() => OpenStore.EndTransaction();

    /// <summary>Takes all changes back, unless they were committed.</summary>
    public void Dispose()
    {
        if (_store.IsOpen(this))
        {
            _store.Rollback();
        }
    }

    private KeyValueStore OpenStore => _store.IsOpen(this)
        ? _store
        : throw new InvalidOperationException("The transaction has ended: it was committed, taken back, or another one was begun.");
}
