using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>
/// The snapshots in the data folder. Lives on the replica's loop; files are written and read on the background lane.
/// Completions come on the loop. An error other than <see cref="SnapshotDamagedException"/> means that the server must
/// stop (spec S4).
/// </summary>
public sealed class SnapshotStore
{
    /// <summary>The newest good snapshot.</summary>
    public SnapshotMetadata? Newest => throw new NotImplementedException();

    /// <summary>The oldest one kept. The log reaches back to it, so that the loss of a newer one can be survived.</summary>
    public SnapshotMetadata? Oldest => throw new NotImplementedException();

    /// <summary>
    /// Writes a snapshot of this member's own state, one piece a step, and keeps it once it is durable.
    /// <paramref name="completed"/> gets what describes it, or the error.
    /// </summary>
    public void Write(
        LogPosition lastIncluded,
        Configuration configuration,
        IEnumerable<ReadOnlyMemory<byte>> pieces,
        Action<SnapshotMetadata?, Exception?> completed) => throw new NotImplementedException();

    /// <summary>
    /// Reads a part of the snapshot's file into <paramref name="destination"/>, for transfer.
    /// </summary>
    public void ReadChunk(SnapshotMetadata snapshot, long offset, Memory<byte> destination, Action<Exception?> completed) =>
        throw new NotImplementedException();

    /// <summary>Keeps a snapshot from being removed while it is sent; null when it is not there (any more).</summary>
    public IDisposable? Pin(SnapshotMetadata snapshot) => throw new NotImplementedException();

    /// <summary>
    /// Puts a received chunk aside. <paramref name="completed"/> gets the offset before which the bytes are there: that
    /// of the next chunk wanted, or the snapshot's length once it is whole, verified and kept. A chunk that does not
    /// follow what is there is passed over; a chunk of another snapshot begins a new transfer in the place of the old.
    /// A file that is whole but does not verify is thrown away, and the next offset is zero again.
    /// </summary>
    public void Receive(SnapshotMetadata snapshot, long offset, ReadOnlyMemory<byte> data, Action<long, Exception?> completed) =>
        throw new NotImplementedException();

    /// <summary>
    /// The content that was given to <see cref="Write"/>, verified block by block as it is read. May be called and read
    /// in an <see cref="Quorate.Io.IWork"/> off the loop, while the snapshot is <see cref="Newest"/> or pinned.
    /// </summary>
    /// <exception cref="SnapshotDamagedException">Also from reading the stream.</exception>
    public Stream OpenContent(SnapshotMetadata snapshot) => throw new NotImplementedException();
}
