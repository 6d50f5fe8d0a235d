using System.Runtime.InteropServices;
using Quorate.KeyValue.Events;
using Quorate.KeyValue.Leases;
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

    private readonly KeyTree _tree = new();
    private readonly List<Undo> _undo = [];
    private EventLog _events = new();
    private long _revision = FirstRevision;
    private long _sizeBytes;

    // The open transaction, known by its identity only: what it changed is the store's to keep.
    private object? _open;
    private long _garbageNext;
    private StoreVersion _current;

    /// <summary>An empty store.</summary>
    public KeyValueStore()
    {
        _current = new StoreVersion(_tree.Publish(), _events.View, _revision, CompactRevision, _sizeBytes);
    }

    /// <summary>The newest version; may be read from any thread.</summary>
    public StoreVersion Current => Volatile.Read(ref _current);

    /// <summary>Whether a compaction left anything that <see cref="CollectGarbage"/> would free.</summary>
    public bool HasGarbage { get; private set; }

    internal TreeNode Root => _tree.Root;

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

    /// <summary>Shows readers what was committed; returns the version that holds it.</summary>
    /// <exception cref="InvalidOperationException">A transaction is open.</exception>
    public StoreVersion Publish()
    {
        ThrowIfOpen();
        var version = new StoreVersion(_tree.Publish(), _events.View, _revision, CompactRevision, _sizeBytes);
        Volatile.Write(ref _current, version);
        return version;
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

        // Changes of the last compact revision were visited for what they replaced, but are kept until now.
        _garbageNext = Math.Min(_garbageNext, _events.View.FirstAtOrAfter(CompactRevision));
        _sizeBytes -= _events.FreedBytes(CompactRevision, revision);
        CompactRevision = revision;
        HasGarbage = true;
        Publish();
    }

    /// <summary>
    /// Frees some of what compactions left over. Changes nothing that can be seen; versions that readers hold keep
    /// what they hold.
    /// </summary>
    /// <param name="keysMax">Most keys looked at, which bounds the time it takes.</param>
    /// <returns>Whether there is more.</returns>
    /// <exception cref="InvalidOperationException">A transaction is open.</exception>
    public bool CollectGarbage(int keysMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(keysMax);
        ThrowIfOpen();
        if (!HasGarbage)
        {
            return false;
        }

        // Everything that a compaction drops was replaced or deleted by a change at or before its revision.
        EventLogView events = _events.View;
        long end = events.FirstAtOrAfter(CompactRevision + 1);
        long stop = Math.Min(end, _garbageNext + keysMax);
        for (; _garbageNext < stop; _garbageNext++)
        {
            Trim(events[_garbageNext].Key);
        }

        if (_garbageNext == end)
        {
            _events.DropBefore(events.FirstAtOrAfter(CompactRevision));
            HasGarbage = false;
        }

        Publish();
        return HasGarbage;
    }

    /// <summary>Replaces everything by the contents of a snapshot (see <see cref="StoreVersion.WriteSnapshot"/>); the
    /// stream ends where the snapshot does. If it throws, the store is as it was.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a snapshot that this version reads.</exception>
    public void Load(Stream snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        LoadedState state = new SnapshotReader(snapshot).Read();
        Rollback();
        _tree.Replace(state.Root);
        _events = state.Events;
        _revision = state.Revision;
#if QUORATE_MUTANTS
        if (AppContext.GetData("Quorate.Mutant") is "RevisionForkedByCompaction")
        {
            _revision = 1;
            var records = new TreeCursor(_tree.Root, KeyRange.From(default));
            while (records.NextEntry() is { } record)
            {
                _revision = Math.Max(_revision, record.Newest.IsTombstone ? 0 : record.Newest.ModRevision);
            }
        }
#endif
        CompactRevision = state.CompactRevision;
        _sizeBytes = state.SizeBytes;
        _garbageNext = 0;
        HasGarbage = false;
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

        var put = new PutVersion(key, value, _revision + 1, _undo.Count, lease);
        _tree.Set(key, ref put);
        Changed(put.Before, put.Made!);
        return put.Replaced;
    }

    internal KeyValueRecord[] Delete(in KeyRange keys)
    {
        // Collected first: the tree changes under a cursor.
        List<KeyEntry> entries = [];
        var cursor = new TreeCursor(_tree.Root, keys);
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
            KeyRevision tombstone = KeyRevision.Tombstone(newest.Key, _revision + 1, _undo.Count);
            deleted[i] = newest.ToRecord();
            _tree.Set(newest.Key, entries[i].With(tombstone));
            Changed(entries[i], tombstone);
        }

        return deleted;
    }

    internal void MoveKeys(LeaseTable leases)
    {
        foreach (ref readonly Undo undo in CollectionsMarshal.AsSpan(_undo))
        {
            // A tombstone has no lease.
            long before = undo.Before?.Newest.Lease ?? 0;
            if (before != undo.Change.Lease)
            {
                leases.Move(undo.Change.KeyMemory, before, undo.Change.Lease);
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
            if (undo.Before is { } before)
            {
                _tree.Set(undo.Change.Key, before);
            }
            else
            {
                _tree.Remove(undo.Change.Key);
            }

            _sizeBytes -= undo.Change.SizeBytes;
        }

        _events.Truncate(_events.End - _undo.Count);
        Close();
    }

    private void Changed(KeyEntry? before, KeyRevision change)
    {
        _events.Append(change, before?.Newest);
        _undo.Add(new Undo(before, change));
        _sizeBytes += change.SizeBytes;
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

    private void Trim(ReadOnlySpan<byte> key)
    {
        // The key is gone where an earlier change of it was followed already.
        if (TreeReader.Find(_tree.Root, key) is not { } entry)
        {
            return;
        }

        KeyEntry? trimmed = entry.Trim(CompactRevision);
        if (trimmed is null)
        {
            _tree.Remove(key);
        }
        else if (!ReferenceEquals(trimmed, entry))
        {
            _tree.Set(key, trimmed);
        }
    }

    private void ThrowIfOpen()
    {
        if (_open is not null)
        {
            throw new InvalidOperationException("A transaction is open.");
        }
    }

    /// <summary>A change of the open transaction, and the entry of its key before it.</summary>
    private readonly record struct Undo(KeyEntry? Before, KeyRevision Change);
}
