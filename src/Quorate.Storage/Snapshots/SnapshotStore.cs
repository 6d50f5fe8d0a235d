using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>
/// The snapshots in the data folder. Lives on the replica's loop; files are written and read on the background lane.
/// Completions come on the loop. An error other than <see cref="SnapshotDamagedException"/>,
/// <see cref="SnapshotGoneException"/> and <see cref="FoundNoRoomException"/> means that the server must stop (spec S4).
/// </summary>
public sealed class SnapshotStore
{
    private readonly IDisk _disk;
    private readonly IWorkLane _lane;
    private readonly MemberIdentity _identity;
    private readonly StorageOptions _options;
    private readonly IncomingSnapshot _incoming;

    /// <summary>Good ones, durable, the oldest first; never fewer than there were, but for retention and damage.</summary>
    private readonly List<Kept> _kept = [];

    /// <summary>Damaged ones, removed once a good one is newer.</summary>
    private readonly List<LogPosition> _damaged = [];

    internal SnapshotStore(IDisk disk, IWorkLane lane, MemberIdentity identity, StorageOptions options, RecoveredSnapshots recovered)
    {
        _disk = disk;
        _lane = lane;
        _identity = identity;
        _options = options;
        _incoming = new IncomingSnapshot(disk, identity);
        _kept.AddRange(recovered.Good.Select(snapshot => new Kept(snapshot)));
        _damaged.AddRange(recovered.Damaged.Select(damaged => damaged.Position));
    }

    /// <summary>The newest good snapshot.</summary>
    public SnapshotMetadata? Newest => _kept.Count > 0 ? _kept[^1].Snapshot : null;

    /// <summary>The oldest one kept. The log reaches back to it, so that the loss of a newer one can be survived.</summary>
    public SnapshotMetadata? Oldest => _kept.Count > 0 ? _kept[0].Snapshot : null;

    /// <summary>Good snapshots kept.</summary>
    public int Count => _kept.Count;

    /// <summary>
    /// Writes a snapshot of this member's own state, one piece a step, and keeps it once it is durable.
    /// <paramref name="completed"/> gets what describes it, or the error. Where there is one of that position already,
    /// it gets that.
    /// </summary>
    public void Write(
        LogPosition lastIncluded,
        Configuration configuration,
        IEnumerable<ReadOnlyMemory<byte>> pieces,
        Action<SnapshotMetadata?, Exception?> completed)
    {
        if (_kept.Find(kept => kept.Snapshot.LastIncluded == lastIncluded) is { } existing)
        {
            _lane.Submit(new LaneAction(null, error => completed(existing.Snapshot, error)));
            return;
        }

        _lane.Submit(new SnapshotWrite(_disk, _identity, lastIncluded, configuration, pieces, (snapshot, error) =>
        {
            if (snapshot is not null)
            {
                Keep(snapshot);

                // Whoever was sending one has stopped, or this member has caught up by the log: what there is of it takes room for nothing.
                Remove(() => _incoming.DiscardUpTo(snapshot.LastIncluded));
            }

            completed(snapshot, error);
        }));
    }

    /// <summary>
    /// Reads a part of the snapshot's file into <paramref name="destination"/>, for transfer. The error is a
    /// <see cref="SnapshotGoneException"/> where the snapshot is not kept any more: see <see cref="Pin"/>.
    /// </summary>
    public void ReadChunk(SnapshotMetadata snapshot, long offset, Memory<byte> destination, Action<Exception?> completed)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, snapshot.Length - offset);
        IDisposable? pin = Pin(snapshot);
        if (pin is null)
        {
            _lane.Submit(new LaneAction(null, _ => completed(new SnapshotGoneException(snapshot.LastIncluded))));
            return;
        }

        _lane.Submit(new LaneAction(
            () => ReadFile(SnapshotFormat.PathOf(snapshot.LastIncluded), offset, destination.Span),
            error =>
            {
                pin.Dispose();
                completed(error);
            }));
    }

    /// <summary>Keeps a snapshot from being removed while it is sent; null when it is not there (any more).</summary>
    public IDisposable? Pin(SnapshotMetadata snapshot) =>
        _kept.Find(kept => kept.Snapshot.IsSameFileAs(snapshot)) is { } found ? new PinHandle(this, found) : null;

    /// <summary>
    /// Puts a received chunk aside; its bytes must stay as they are until <paramref name="completed"/>, which gets the
    /// offset before which the bytes are there: that of the next chunk wanted, or the snapshot's length once it is
    /// whole, verified and kept. A chunk that does not follow what is there is passed over; the first chunk of another
    /// snapshot begins a new transfer in the place of the old. A file that is whole but does not verify is thrown away:
    /// the error is a <see cref="SnapshotDamagedException"/>, and the next offset zero again.
    /// </summary>
    public void Receive(SnapshotMetadata snapshot, long offset, ReadOnlyMemory<byte> data, Action<long, Exception?> completed)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (_kept.Exists(kept => kept.Snapshot.IsSameFileAs(snapshot)))
        {
            _lane.Submit(new LaneAction(null, error => completed(snapshot.Length, error)));
            return;
        }

        _lane.Submit(new SnapshotReceive(_disk, _incoming, snapshot, offset, data, (work, error) =>
        {
            if (error is null && work.Received is { } received)
            {
                Keep(received);
            }

            completed(work.NextOffset, error);
        }));
    }

    /// <summary>
    /// Reads all of a snapshot's file. Where it is not what was written (<see cref="SnapshotDamagedException"/>) it is not kept
    /// any more, so that one of the same position may take its place.
    /// </summary>
    public void Check(SnapshotMetadata snapshot, Action<Exception?> completed)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        IDisposable? pin = Pin(snapshot);
        if (pin is null)
        {
            _lane.Submit(new LaneAction(null, _ => completed(new SnapshotGoneException(snapshot.LastIncluded))));
            return;
        }

        _lane.Submit(new SnapshotCheck(_disk, _identity, snapshot, error =>
        {
            if (error is SnapshotDamagedException)
            {
                _kept.RemoveAll(kept => kept.Snapshot.IsSameFileAs(snapshot));
                _damaged.Add(snapshot.LastIncluded);
            }

            pin.Dispose();
            completed(error);
        }));
    }

    /// <summary>
    /// The content that was given to <see cref="Write"/>, verified block by block as it is read. May be called and read
    /// in an <see cref="IWork"/> off the loop, while the snapshot is <see cref="Newest"/> or pinned.
    /// </summary>
    /// <exception cref="SnapshotDamagedException">Also from reading the stream.</exception>
    public Stream OpenContent(SnapshotMetadata snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        string path = SnapshotFormat.PathOf(snapshot.LastIncluded);
        return new SnapshotContentStream(new SnapshotReader(_disk, path, _identity), snapshot, path);
    }

    /// <summary>
    /// Removes what is neither among the newest good ones nor pinned. A damaged file never counts as one of those, and
    /// goes only when a good one is newer.
    /// </summary>
    internal void Retain()
    {
        List<string> paths = [];
        for (int i = _kept.Count - _options.SnapshotsKept - 1; i >= 0; i--)
        {
            if (_kept[i].Pins == 0)
            {
                paths.Add(SnapshotFormat.PathOf(_kept[i].Snapshot.LastIncluded));
#if QUORATE_MUTANTS
                if (Mutants.Is(Mutant.RetentionRemovesNewest))
                {
                    paths[^1] = SnapshotFormat.PathOf(_kept[^1].Snapshot.LastIncluded);
                }
#endif
                _kept.RemoveAt(i);
            }
        }

        paths.AddRange(_damaged.Where(IsSuperseded).Select(SnapshotFormat.PathOf));
        _damaged.RemoveAll(IsSuperseded);
        if (paths.Count == 0)
        {
            return;
        }

        Remove(() => paths.ForEach(path => FileSteps.Delete(_disk, path)));
    }

    /// <summary>A removal has failed, which nobody waits for.</summary>
    internal Action<Exception>? Failed { get; set; }

    internal void Close() => _incoming.Forget();

    private bool IsSuperseded(LogPosition damaged) => Newest is { } newest && newest.LastIncluded.Index > damaged.Index;

    private void Keep(SnapshotMetadata snapshot)
    {
        // A file of the same position was replaced when this one got its name; who reads the old one is told that it is gone.
        _kept.RemoveAll(kept => kept.Snapshot.LastIncluded == snapshot.LastIncluded);
        _damaged.Remove(snapshot.LastIncluded);
        int at = _kept.FindLastIndex(kept => kept.Snapshot.LastIncluded.Index <= snapshot.LastIncluded.Index) + 1;
        _kept.Insert(at, new Kept(snapshot));
        Retain();
    }

    private void Remove(Action remove) =>
        _lane.Submit(new LaneAction(remove, error =>
        {
            if (error is not null)
            {
                Failed?.Invoke(error);
            }
        }));

    private void ReadFile(string path, long offset, Span<byte> destination)
    {
        using IDiskFile file = FileSteps.Open(_disk, path, DiskFileMode.Read);
        int count = FileSteps.Read(file, offset, destination);
        if (count < destination.Length)
        {
            throw new SnapshotDamagedException(path, offset + count, "the file has become shorter");
        }
    }

    private sealed class Kept(SnapshotMetadata snapshot)
    {
        public SnapshotMetadata Snapshot { get; } = snapshot;

        public int Pins { get; set; }
    }

    private sealed class PinHandle : IDisposable
    {
        private readonly SnapshotStore _store;
        private Kept? _kept;

        public PinHandle(SnapshotStore store, Kept kept)
        {
            _store = store;
            _kept = kept;
            kept.Pins++;
        }

        public void Dispose()
        {
            if (_kept is not null)
            {
                _kept.Pins--;
                _kept = null;
                _store.Retain();
            }
        }
    }
}
