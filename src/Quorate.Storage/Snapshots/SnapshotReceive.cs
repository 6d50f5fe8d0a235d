using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>
/// Puts one chunk of a received snapshot aside; with the last one, flushes the file, checks all of it, and only then
/// gives it its name. Where the disk has no room for it, or it is damaged, it deletes what was received, and completes with a
/// <see cref="FoundNoRoomException"/> or a <see cref="SnapshotDamagedException"/>.
/// </summary>
internal sealed class SnapshotReceive(
    IDisk disk,
    IncomingSnapshot incoming,
    SnapshotMetadata snapshot,
    long offset,
    ReadOnlyMemory<byte> data,
    Action<SnapshotReceive, Exception?> completed) : IWork
{
    private Stage _stage;
    private SnapshotBlocks? _blocks;

    /// <summary>Why what was received is deleted.</summary>
    private StorageException? _undone;

    private enum Stage
    {
        Chunk,
        Flush,
        Check,
        Rename,
        FlushName,
    }

    /// <summary>The offset wanted next.</summary>
    public long NextOffset { get; private set; }

    /// <summary>The snapshot, once it is whole, checked and durable.</summary>
    public SnapshotMetadata? Received { get; private set; }

    public bool Step()
    {
        try
        {
            return Receive();
        }
        catch (StorageFailedException error) when (error.DiskFull is not null && _stage != Stage.FlushName)
        {
            Discard();
            _undone = new FoundNoRoomException(SnapshotFormat.IncomingPath, error.DiskFull);
            return true;
        }
    }

    public void Completed(Exception? error)
    {
        _blocks?.Dispose();
        completed(this, error ?? _undone);
    }

    private bool Receive()
    {
        switch (_stage)
        {
            case Stage.Chunk:
                bool whole = incoming.Accept(snapshot, offset, data.Span);
                NextOffset = incoming.NextOffsetOf(snapshot);
                _stage = Stage.Flush;
                return !whole;

            case Stage.Flush:
                incoming.Flush();
                _stage = Stage.Check;
                return false;

            case Stage.Check:
                return Check();

            case Stage.Rename:
                FileSteps.Rename(disk, SnapshotFormat.IncomingPath, SnapshotFormat.PathOf(Received!.LastIncluded));
                _stage = Stage.FlushName;
                return false;

            default:
                FileSteps.FlushFolder(disk, SnapshotFormat.Folder);
                incoming.Forget();
                return true;
        }
    }

    /// <summary>Checks some blocks; true when the file turns out bad, which ends the work.</summary>
    private bool Check()
    {
        try
        {
            _blocks ??= incoming.OpenForCheck();
            if (_blocks.CheckSome())
            {
                Received = snapshot;
                _blocks.Dispose();
                _stage = Stage.Rename;
            }

            return false;
        }
        catch (SnapshotDamagedException error)
        {
            // Damaged on the way, at whoever sent it, or sent by somebody who should not: nothing of ours is lost.
            _blocks?.Dispose();
            Discard();
            _undone = error;
            return true;
        }
    }

    private void Discard()
    {
        incoming.Discard();
        Received = null;
        NextOffset = 0;
    }
}
