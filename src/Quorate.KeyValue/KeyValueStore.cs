using System.Runtime.InteropServices;
using Quorate.KeyValue.Events;
using Quorate.KeyValue.Garbage;
using Quorate.KeyValue.Leases;
using Quorate.KeyValue.Records;
using Quorate.KeyValue.Snapshots;
using Quorate.KeyValue.Tree;

namespace Quorate.KeyValue;

/// <summary>
/// A multi-version key-value store: every revision is kept until compacted. One thread writes; each commit publishes
/// an immutable <see cref="StoreVersion"/>.
/// </summary>
public sealed class KeyValueStore
{
    /// <summary>Most bytes of a key and its value together.</summary>
    public const int RecordBytesMax = 1 << 30;

    /// <summary>The revision of a store that nothing was written to, as etcd's.</summary>
    internal const long FirstRevision = 1;

    /// <summary>The compact revision of a store that was never compacted, as etcd's.</summary>
    internal const long NeverCompacted = -1;

    private const int UndoCapacityKept = 1024;

    private readonly KeyTree _tree;
    private readonly List<Undo> _undo = [];
    private RecordSlabs _records = new();
    private EventLog _events;
    private GarbageCollector _garbage;
    private long _revision = FirstRevision;
    private long _sizeBytes;

    // The open transaction, known by its identity only: what it changed is the store's to keep.
    private object? _open;
    private StoreVersion _current;

    /// <summary>An empty store.</summary>
    public KeyValueStore()
    {
        _tree = new KeyTree(_records);
        _events = new EventLog(_records);
        _garbage = new GarbageCollector(_tree, _records, _events);
        _current = new StoreVersion(_tree.Publish(), _events.View, _revision, CompactRevision, _sizeBytes);
    }

    /// <summary>The newest version; may be read from any thread, for as long as it is held.</summary>
    public StoreVersion Current
    {
        get
        {
            // A version is retired only once there is a newer one, so this ends.
            StoreVersion? held;
            do
            {
                held = Volatile.Read(ref _current).TryHold();
            }
            while (held is null);
            return held;
        }
    }

    /// <summary>The numbers and the changes of the newest version; may be read from any thread, and costs the writer nothing.</summary>
    public StoreHistory History => Volatile.Read(ref _current);

    /// <summary>Whether a compaction left anything that <see cref="CollectGarbage"/> would free.</summary>
    public bool HasGarbage => _garbage.HasGarbage;

    internal TreeView Tree => _tree.View;

    /// <summary>Bytes of the records that are not freed, for tests.</summary>
    internal long LiveRecordBytes => _records.LiveBytes;

    /// <summary>Bytes of the slabs that hold the records, for tests.</summary>
    internal long SlabBytes => _records.Bytes;

    internal long CompactRevision { get; private set; } = NeverCompacted;

    internal long Revision => _revision;

    internal bool HasChanges => _undo.Count > 0;

    internal long RevisionInTransaction => HasChanges ? _revision + 1 : _revision;

    /// <summary>
    /// Begins a write: all its changes get one revision, and are seen together or not at all. One that is still open
    /// is taken back.
    /// </summary>
    public WriteTransaction Begin()
    {
        Rollback();
        var transaction = new WriteTransaction(this);
        _open = transaction;
        return transaction;
    }

    /// <summary>Shows readers what was committed: <see cref="Current"/> is that from now on.</summary>
    /// <exception cref="InvalidOperationException">A transaction is open.</exception>
    public void Publish()
    {
        ThrowIfOpen();
        StoreVersion before = _current;
        Volatile.Write(ref _current, new StoreVersion(_tree.Publish(), _events.View, _revision, CompactRevision, _sizeBytes));
        _tree.Superseded(before.TryRetire());
    }

    /// <summary>
    /// Forgets what was overwritten or deleted before a revision; its own state stays readable. The effect is
    /// complete at once; memory is freed by <see cref="CollectGarbage"/>, at a pace that nobody can tell from outside.
    /// </summary>
    /// <exception cref="RevisionCompactedException">It has been compacted already.</exception>
    /// <exception cref="FutureRevisionException">It is not reached yet.</exception>
    /// <exception cref="InvalidOperationException">A transaction is open.</exception>
    public void Compact(long revision)
    {
        ThrowIfOpen();
        if (revision <= CompactRevision)
        {
            throw new RevisionCompactedException(revision, CompactRevision);
        }

        if (revision > _revision)
        {
            throw new FutureRevisionException(revision, _revision);
        }

        _garbage.Compacted(CompactRevision);
        _sizeBytes -= _events.FreedBytes(CompactRevision, revision);
        CompactRevision = revision;
        Publish();
    }

    /// <summary>
    /// Frees some of what compactions left over. Changes nothing that can be seen; versions that readers hold keep
    /// what they hold.
    /// </summary>
    /// <param name="keysMax">Most versions looked at, which bounds the time it takes.</param>
    /// <returns>Whether there is more.</returns>
    /// <exception cref="InvalidOperationException">A transaction is open.</exception>
    public bool CollectGarbage(int keysMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(keysMax);
        ThrowIfOpen();
        if (HasGarbage)
        {
            _garbage.Step(CompactRevision, keysMax);
            Publish();
        }

        return HasGarbage;
    }

    /// <summary>Replaces everything by the contents of a snapshot (see <see cref="StoreVersion.WriteSnapshot"/>); the
    /// stream ends where the snapshot does. If it throws, the store is as it was.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a snapshot that this version reads.</exception>
    public void Load(Stream snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        LoadedState state = new StoreSnapshotReader(snapshot).Read();
        Rollback();
        _records = state.Records;
        _tree.Replace(state.Root, _records);
        _events = state.Events;
        _garbage = new GarbageCollector(_tree, _records, _events);
        _revision = state.Revision;
#if QUORATE_MUTANTS
        if (AppContext.GetData("Quorate.Mutant") is "RevisionForkedByCompaction")
        {
            _revision = 1;
            var records = new TreeCursor(_tree.View, KeyRange.From(default));
            while (records.NextEntry() is { } record)
            {
                _revision = Math.Max(_revision, record.Newest.IsTombstone ? 0 : record.Newest.ModRevision);
            }
        }
#endif
        CompactRevision = state.CompactRevision;
        _sizeBytes = state.SizeBytes;
        Publish();
    }

    internal bool IsOpen(WriteTransaction transaction) => ReferenceEquals(_open, transaction);

    internal KeyRevision? Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long lease)
    {
        if (key.IsEmpty)
        {
            throw new ArgumentException("A key has one byte or more.", nameof(key));
        }

        if ((long)key.Length + value.Length > RecordBytesMax)
        {
            throw new ArgumentException($"Key and value together are above {RecordBytesMax} bytes.", nameof(value));
        }

        var put = new PutVersion(_records, CompactRevision, key, value, _revision + 1, _undo.Count, lease);
        _tree.Set(key, ref put);
        Changed(put.Before, put.Made);
        return put.Before.IsNone || _records.View[put.Before] is { IsTombstone: true } ? null : _records.View[put.Before];
    }

    internal KeyValueRecord[] Delete(in KeyRange keys)
    {
        // Collected first: the tree changes under a cursor.
        List<KeyEntry> entries = [];
        var cursor = new TreeCursor(_tree.View, keys);
        while (cursor.NextEntry() is { } entry)
        {
            if (!entry.Newest.IsTombstone)
            {
                entries.Add(entry);
            }
        }

        var deleted = new KeyValueRecord[entries.Count];
        for (int i = 0; i < deleted.Length; i++)
        {
            KeyRevision newest = entries[i].Newest;
            RecordHandle tombstone = _records.Append(
                newest.Key, default, VersionFields.Tombstone(_revision + 1, _undo.Count), entries[i].Handle, CompactRevision);
            deleted[i] = newest.ToRecord();
            _tree.Set(newest.Key, tombstone);
            Changed(entries[i].Handle, tombstone);
        }

        return deleted;
    }

    internal void MoveKeys(LeaseTable leases)
    {
        foreach (ref readonly Undo undo in CollectionsMarshal.AsSpan(_undo))
        {
            // A tombstone has no lease.
            long before = undo.Before.IsNone ? 0 : _records.View[undo.Before].Lease;
            KeyRevision change = _records.View[undo.Change];
            if (before != change.Lease)
            {
                leases.Move(change.KeyMemory, before, change.Lease);
            }
        }
    }

    internal void EndTransaction()
    {
        _revision = RevisionInTransaction;
        Close();
    }

    internal void Rollback()
    {
        for (int i = _undo.Count - 1; i >= 0; i--)
        {
            Undo undo = _undo[i];
            KeyRevision change = _records.View[undo.Change];
            if (undo.Before.IsNone)
            {
                _tree.Remove(change.Key);
            }
            else
            {
                _tree.Set(change.Key, undo.Before);
            }

            _records.Free(undo.Change);
            _sizeBytes -= change.SizeBytes;
        }

        _events.Truncate(_events.End - _undo.Count);
        Close();
    }

    private void Changed(RecordHandle before, RecordHandle change)
    {
        _events.Append(change, before);
        _undo.Add(new Undo(before, change));
        _sizeBytes += _records.View[change].SizeBytes;
    }

    private void Close()
    {
        _open = null;
        _undo.Clear();
        if (_undo.Capacity > UndoCapacityKept)
        {
            _undo.Capacity = UndoCapacityKept;
        }
    }

    private void ThrowIfOpen()
    {
        if (_open is not null)
        {
            throw new InvalidOperationException("A transaction is open.");
        }
    }

    /// <summary>A change of the open transaction, and the newest version of its key before it.</summary>
    private readonly record struct Undo(RecordHandle Before, RecordHandle Change);
}
