using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>
/// The snapshot being received, in a file aside. Belongs to the background lane: only steps of its works touch it.
/// </summary>
internal sealed class IncomingSnapshot(IDisk disk, MemberIdentity identity)
{
    private readonly FlushPace _pace = new();
    private IDiskFile? _file;

    /// <summary>What is being received; null when nothing is.</summary>
    public SnapshotMetadata? Snapshot { get; private set; }

    /// <summary>The bytes before this offset are there.</summary>
    public long NextOffset { get; private set; }

    /// <summary>Takes a chunk if it follows what is there; returns whether the file is then whole.</summary>
    public bool Accept(SnapshotMetadata snapshot, long offset, ReadOnlySpan<byte> data)
    {
        bool isOther = Snapshot is null || !Snapshot.IsSameFileAs(snapshot);
        if (isOther && offset == 0)
        {
            Forget();
            _file = FileSteps.Open(disk, SnapshotFormat.IncomingPath, DiskFileMode.Create);
            Snapshot = snapshot;
        }
        else if (isOther)
        {
            return false;
        }

        if (offset != NextOffset || data.Length > snapshot.Length - offset)
        {
            return false;
        }

        FileSteps.Write(_file!, offset, data);
        _pace.Wrote(_file!, data.Length);
        NextOffset += data.Length;
        return NextOffset == snapshot.Length;
    }

    /// <summary>The offset of the chunk wanted next of that snapshot; zero where its file is closed, whole or not.</summary>
    public long NextOffsetOf(SnapshotMetadata snapshot) =>
        _file is not null && Snapshot is not null && Snapshot.IsSameFileAs(snapshot) ? NextOffset : 0;

    /// <summary>Makes the whole file durable.</summary>
    public void Flush() => FileSteps.Flush(_file!);

    /// <summary>What is to be checked; the file is closed for writing.</summary>
    public SnapshotBlocks OpenForCheck()
    {
        _file!.Dispose();
        _file = null;
        return new SnapshotBlocks(disk, SnapshotFormat.IncomingPath, identity, Snapshot!);
    }

    /// <summary>Deletes what was received.</summary>
    public void Discard()
    {
        Forget();
        FileSteps.Delete(disk, SnapshotFormat.IncomingPath);
    }

    /// <summary>Deletes what was received of a snapshot that reaches no further than what this member has by itself.</summary>
    public void DiscardUpTo(LogPosition own)
    {
        if (Snapshot is not null && Snapshot.LastIncluded.Index <= own.Index)
        {
            Discard();
        }
    }

    /// <summary>Forgets what was received and closes the file.</summary>
    public void Forget()
    {
        _file?.Dispose();
        _file = null;
        Snapshot = null;
        NextOffset = 0;
    }
}
