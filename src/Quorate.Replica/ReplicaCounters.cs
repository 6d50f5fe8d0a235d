namespace Quorate.Replica;

/// <summary>
/// What a replica has done since it was started. Only its loop writes; any thread may read, each number by itself.
/// </summary>
public sealed class ReplicaCounters
{
    private long _proposalsReceived;
    private long _proposalsApplied;
    private long _proposalsRefused;
    private long _proposalsUnknown;
    private long _proposalsForwarded;
    private long _readsReceived;
    private long _readsReady;
    private long _readsRefused;
    private long _entriesApplied;
    private long _batchesFlushed;
    private long _bytesWritten;
    private long _flushTicks;
    private long _framesSent;
    private long _frameBytesSent;
    private long _framesReceived;
    private long _frameBytesReceived;
    private long _framesRefused;
    private long _snapshotsTaken;
    private long _snapshotsInstalled;
    private long _disksFoundFull;

    /// <summary>Proposals of this member's clients.</summary>
    public long ProposalsReceived => Volatile.Read(ref _proposalsReceived);

    /// <summary>Of those: applied.</summary>
    public long ProposalsApplied => Volatile.Read(ref _proposalsApplied);

    /// <summary>Of those: certainly not carried out.</summary>
    public long ProposalsRefused => Volatile.Read(ref _proposalsRefused);

    /// <summary>Of those: ended without a known outcome.</summary>
    public long ProposalsUnknown => Volatile.Read(ref _proposalsUnknown);

    /// <summary>Of those: passed on to the leader.</summary>
    public long ProposalsForwarded => Volatile.Read(ref _proposalsForwarded);

    /// <summary>Reads of this member's clients.</summary>
    public long ReadsReceived => Volatile.Read(ref _readsReceived);

    /// <summary>Of those: ready.</summary>
    public long ReadsReady => Volatile.Read(ref _readsReady);

    /// <summary>Of those: not.</summary>
    public long ReadsRefused => Volatile.Read(ref _readsRefused);

    /// <summary>Entries applied.</summary>
    public long EntriesApplied => Volatile.Read(ref _entriesApplied);

    /// <summary>Batches written to the log, one flush each.</summary>
    public long BatchesFlushed => Volatile.Read(ref _batchesFlushed);

    /// <summary>Bytes of commands in those batches.</summary>
    public long BytesWritten => Volatile.Read(ref _bytesWritten);

    /// <summary>Time from handing the first of a batch to the log until the batch was durable, summed over the batches.</summary>
    public TimeSpan FlushTime => new(Volatile.Read(ref _flushTicks));

    /// <summary>Frames handed to the network.</summary>
    public long FramesSent => Volatile.Read(ref _framesSent);

    /// <summary>Their bytes.</summary>
    public long FrameBytesSent => Volatile.Read(ref _frameBytesSent);

    /// <summary>Frames taken in.</summary>
    public long FramesReceived => Volatile.Read(ref _framesReceived);

    /// <summary>Their bytes.</summary>
    public long FrameBytesReceived => Volatile.Read(ref _frameBytesReceived);

    /// <summary>Frames ignored, see <see cref="FrameRefusal"/>.</summary>
    public long FramesRefused => Volatile.Read(ref _framesRefused);

    /// <summary>Snapshots taken of the own state.</summary>
    public long SnapshotsTaken => Volatile.Read(ref _snapshotsTaken);

    /// <summary>Snapshots received and installed.</summary>
    public long SnapshotsInstalled => Volatile.Read(ref _snapshotsInstalled);

    /// <summary>Spare segments and snapshots that found no room on the disk.</summary>
    public long DisksFoundFull => Volatile.Read(ref _disksFoundFull);

    internal void ProposalReceived() => Add(ref _proposalsReceived, 1);

    internal void ProposalForwarded() => Add(ref _proposalsForwarded, 1);

    internal void ProposalEnded(ProposalStatus status)
    {
        switch (status)
        {
            case ProposalStatus.Applied:
                Add(ref _proposalsApplied, 1);
                break;
            case ProposalStatus.Unknown or ProposalStatus.Stopping:
                Add(ref _proposalsUnknown, 1);
                break;
            default:
                Add(ref _proposalsRefused, 1);
                break;
        }
    }

    internal void ReadReceived() => Add(ref _readsReceived, 1);

    internal void ReadEnded(ReadOutcome outcome)
    {
        if (outcome == ReadOutcome.Ready)
        {
            Add(ref _readsReady, 1);
        }
        else
        {
            Add(ref _readsRefused, 1);
        }
    }

    internal void EntryApplied() => Add(ref _entriesApplied, 1);

    internal void BatchFlushed(TimeSpan duration)
    {
        Add(ref _batchesFlushed, 1);
        Add(ref _flushTicks, duration.Ticks);
    }

    internal void BytesFlushed(long bytes) => Add(ref _bytesWritten, bytes);

    internal void FrameSent(int bytes)
    {
        Add(ref _framesSent, 1);
        Add(ref _frameBytesSent, bytes);
    }

    internal void FrameReceived(int bytes)
    {
        Add(ref _framesReceived, 1);
        Add(ref _frameBytesReceived, bytes);
    }

    internal void FrameRefused() => Add(ref _framesRefused, 1);

    internal void SnapshotTaken() => Add(ref _snapshotsTaken, 1);

    internal void SnapshotInstalled() => Add(ref _snapshotsInstalled, 1);

    internal void DiskFoundFull() => Add(ref _disksFoundFull, 1);

    // One writer, so a plain addition published whole is enough.
    private static void Add(ref long counter, long amount) => Volatile.Write(ref counter, counter + amount);
}
