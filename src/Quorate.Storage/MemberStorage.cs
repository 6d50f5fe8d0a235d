using Quorate.Io;

namespace Quorate.Storage;

/// <summary>A member's data folder, open and locked: its log, its snapshots, and what they held at the start.</summary>
public sealed class MemberStorage : IDisposable
{
    private MemberStorage()
    {
    }

    /// <summary>Whose it is.</summary>
    public MemberIdentity Identity => throw new NotImplementedException();

    /// <summary>What was there when it was opened.</summary>
    public RecoveredState Recovered => throw new NotImplementedException();

    /// <summary>The log.</summary>
    public WriteAheadLog Log => throw new NotImplementedException();

    /// <summary>The snapshots.</summary>
    public SnapshotStore Snapshots => throw new NotImplementedException();

    /// <summary>
    /// Opens a data folder, or makes one of an empty folder. Blocks: for the start of a member, before its loop runs.
    /// </summary>
    /// <exception cref="DiskLockedException">Another process uses it.</exception>
    /// <exception cref="DataFolderException">It belongs to somebody else, or is of a newer format.</exception>
    /// <exception cref="StorageDamagedException">It is damaged (spec S3).</exception>
    public static MemberStorage Open(
        IDisk disk, IWorkLane logLane, IWorkLane backgroundLane, ulong seed, MemberIdentity identity, StorageOptions options) =>
        throw new NotImplementedException();

    /// <summary>
    /// Lets go of log segments that hold nothing above <paramref name="index"/>, on the background lane. A durable
    /// snapshot must cover that index; what the oldest snapshot kept still needs is kept as well.
    /// </summary>
    public void CompactLog(long index) => throw new NotImplementedException();

    /// <summary>Closes the files and gives up the lock. Both lanes must be idle.</summary>
    public void Dispose() => throw new NotImplementedException();
}
