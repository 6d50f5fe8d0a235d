using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>A member's data folder, open and locked: its log, its snapshots, and what they held at the start.</summary>
public sealed class MemberStorage : IDisposable
{
    /// <summary>Most other members whose data folders are kept.</summary>
    public const int PeersMax = PeersFile.PeersMax;

    private const string LockPath = "LOCK";

    private readonly IDisk _disk;
    private readonly IWorkLane _backgroundLane;
    private readonly SortedDictionary<ulong, ulong> _peerFolders;
    private readonly IDisposable _lock;

    private MemberStorage(
        IDisk disk,
        IWorkLane backgroundLane,
        MemberIdentity identity,
        ulong dataFolderId,
        SortedDictionary<ulong, ulong> peerFolders,
        RecoveredState recovered,
        WriteAheadLog log,
        SnapshotStore snapshots,
        IDisposable held)
    {
        _disk = disk;
        _backgroundLane = backgroundLane;
        _peerFolders = peerFolders;
        Identity = identity;
        DataFolderId = dataFolderId;
        Recovered = recovered;
        Log = log;
        Snapshots = snapshots;
        _lock = held;
        snapshots.Failed = log.Fail;
    }

    /// <summary>Whose it is.</summary>
    public MemberIdentity Identity { get; }

    /// <summary>
    /// Which data folder it is: drawn at the first start, never zero. A member that comes with another one has lost what
    /// it promised with the first.
    /// </summary>
    public ulong DataFolderId { get; }

    /// <summary>What was there when it was opened; without its entries once <see cref="ReleaseEntries"/> was called.</summary>
    public RecoveredState Recovered { get; private set; }

    /// <summary>The log.</summary>
    public WriteAheadLog Log { get; }

    /// <summary>The snapshots.</summary>
    public SnapshotStore Snapshots { get; }

    /// <summary>Whose data folder it is; null where no member has ever been started on it.</summary>
    /// <exception cref="DataFolderException">It is of a newer format.</exception>
    /// <exception cref="StorageDamagedException">The file that says it is damaged.</exception>
    public static MemberIdentity? IdentityOf(IDisk disk)
    {
        ArgumentNullException.ThrowIfNull(disk);
        return IdentityFile.Exists(disk) ? IdentityFile.Read(disk).Member : null;
    }

    /// <summary>
    /// Opens a data folder, or makes one of an empty folder. Blocks: for the start of a member, before its loop runs.
    /// </summary>
    /// <param name="disk">The folder.</param>
    /// <param name="logLane">Where the log is written.</param>
    /// <param name="backgroundLane">Where segments are prepared and removed, and snapshots written and read.</param>
    /// <param name="seed">Differs from one start to the next; salts the segments.</param>
    /// <param name="identity">Who opens it.</param>
    /// <param name="options">Sizes and limits.</param>
    /// <exception cref="DiskLockedException">Another process uses it.</exception>
    /// <exception cref="DataFolderException">It belongs to somebody else, or is of a newer format.</exception>
    /// <exception cref="StorageDamagedException">It is damaged (spec S3).</exception>
    /// <exception cref="StorageFailedException">The disk failed (spec S4).</exception>
    public static MemberStorage Open(
        IDisk disk, IWorkLane logLane, IWorkLane backgroundLane, ulong seed, MemberIdentity identity, StorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        IDisposable held = disk.Lock(LockPath);
        try
        {
            SeededRandom random = new(seed);
            (ulong dataFolderId, bool isFirstStart) = Prepare(disk, identity, random, options);
            SortedDictionary<ulong, ulong> peerFolders = PeersFile.Read(disk, identity, dataFolderId);
            List<string> notes = [];
            RecoveredSnapshots snapshots = RecoveredSnapshots.Run(disk, identity);
            RecoveredLog log = LogRecovery.Run(disk, identity, options, snapshots.CoveredIndex, notes);
            try
            {
                StartingPoint start = StartingPoint.Choose(log, snapshots, notes);
                WriteAheadLog writer = new(disk, logLane, backgroundLane, random, identity, options, log.Place);
                if (start.ResetAt is { } position)
                {
                    writer.StageReset(position);
                }

                if (start.HardState != writer.HardState)
                {
                    writer.StageHardState(start.HardState);
                }

                writer.WriteNow();
                SnapshotStore store = new(disk, backgroundLane, identity, options, snapshots);
                RecoveredState recovered = new()
                {
                    IsFirstStart = isFirstStart,
                    HardState = start.HardState,
                    Snapshot = start.Snapshot,
                    Entries = start.Entries,
                    PeerFolders = new SortedDictionary<ulong, ulong>(peerFolders),
                    Notes = notes,
                };
                MemberStorage storage = new(disk, backgroundLane, identity, dataFolderId, peerFolders, recovered, writer, store, held);
                store.Retain();
                writer.PrepareSpare();
                return storage;
            }
            catch
            {
                log.Place.ActiveFile.Dispose();
                throw;
            }
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Forgets entries covered by the snapshot, but the last of them: those for followers that lag a little. What the
    /// log on disk holds does not change.
    /// </summary>
    /// <param name="entriesMax">How many are kept.</param>
    /// <param name="bytesMax">How many bytes of commands they may have.</param>
    public void TrimEntries(long entriesMax, long bytesMax) => Recovered = Recovered.Trim(entriesMax, bytesMax);

    /// <summary>
    /// Forgets all entries in <see cref="Recovered"/>: whoever has taken them over compacts them, and a second list would
    /// hold their commands in memory for as long as the member runs.
    /// </summary>
    public void ReleaseEntries() => Recovered = Recovered with { Entries = [] };

    /// <summary>
    /// Lets go of log segments that hold nothing above <paramref name="index"/>, on the background lane. A durable
    /// snapshot must cover that index; what the oldest snapshot kept still needs is kept as well, so that a damaged
    /// newest one can be survived.
    /// </summary>
    public void CompactLog(long index)
    {
        if (Snapshots.Oldest is { } oldest)
        {
            Log.Compact(Math.Min(index, oldest.LastIncluded.Index));
        }
    }

    /// <summary>
    /// Keeps which data folder another member has come with, on the background lane; <paramref name="durable"/> runs on
    /// the loop once a restart would still know it. A failure fails the log, and with it the member (spec S4).
    /// </summary>
    public void RecordPeerFolder(ulong memberId, ulong dataFolderId, Action durable)
    {
        ArgumentNullException.ThrowIfNull(durable);
        _peerFolders[memberId] = dataFolderId;
        byte[] bytes = PeersFile.Encode(Identity, DataFolderId, _peerFolders);
        _backgroundLane.Submit(new LaneAction(
            () => FileSteps.Replace(_disk, PeersFile.Path, bytes),
            error =>
            {
                if (error is null)
                {
                    durable();
                }
                else
                {
                    Log.Fail(error);
                }
            }));
    }

    /// <summary>Closes the files and gives up the lock. Both lanes must be idle.</summary>
    public void Dispose()
    {
        Log.Close();
        Snapshots.Close();
        _lock.Dispose();
    }

    /// <summary>
    /// Makes the folder this member's, or checks that it is. Returns which folder it is, and whether this is
    /// the first start.
    /// </summary>
    private static (ulong DataFolderId, bool IsFirstStart) Prepare(IDisk disk, MemberIdentity identity, SeededRandom random, StorageOptions options)
    {
        disk.CreateFolder(LogFormat.Folder);
        disk.CreateFolder(SnapshotFormat.Folder);

        // A process that was killed may have renamed what it did not come to flush; all that follows relies on the names.
        FileSteps.FlushFolder(disk, "");
        FileSteps.FlushFolder(disk, LogFormat.Folder);
        FileSteps.FlushFolder(disk, SnapshotFormat.Folder);
        foreach (string name in disk.ListFiles("").Where(name => name.EndsWith(LogFormat.AsideSuffix, StringComparison.Ordinal)))
        {
            FileSteps.Delete(disk, name);
        }

        if (IdentityFile.Exists(disk))
        {
            return (IdentityFile.Require(disk, identity), false);
        }

        ClearUnfinishedStart(disk, identity, options);
        SegmentFolder.CreateFirstSegment(disk, identity, random, options);
        ulong dataFolderId = Math.Max(random.NextUInt64(), 1);
        FileSteps.Replace(disk, PeersFile.Path, PeersFile.Encode(identity, dataFolderId, []));
        IdentityFile.Write(disk, identity, dataFolderId);
        return (dataFolderId, true);
    }

    /// <summary>
    /// A first start that was cut off leaves at most one segment without a block in it. More than that was written by a
    /// member that had its identity: it must not be taken for a first start.
    /// </summary>
    private static void ClearUnfinishedStart(IDisk disk, MemberIdentity identity, StorageOptions options)
    {
        List<ulong> segments = SegmentFolder.ListSegments(disk);
        bool holdsData = segments.Count > 1 || disk.ListFiles(SnapshotFormat.Folder).Any(name => SnapshotFormat.TryParseName(name, out _));
        if (segments.Count == 1 && !holdsData)
        {
            try
            {
                RecoveredLog log = LogRecovery.Run(disk, identity, options, coveredIndex: 0, []);
                log.Place.ActiveFile.Dispose();
                holdsData = !log.IsEmpty;
            }
            catch (StorageException error) when (error is LogDamagedException or DataFolderException)
            {
                holdsData = true;
            }
        }

        if (holdsData)
        {
            throw new DataFolderException(
                DataFolderProblem.IdentityMissing,
                IdentityFile.Path,
                $"the data folder holds a log or snapshots, but the file '{IdentityFile.Path}' that says whose is missing: "
                + "restore it; an empty folder will do only if this member has never run before");
        }

        foreach (ulong sequence in segments)
        {
            FileSteps.Delete(disk, LogFormat.SegmentPath(sequence));
        }
    }
}
