using Quorate.Raft;
using Quorate.Simulation;
using Quorate.Simulation.Disk;

namespace Quorate.Storage.Tests;

/// <summary>One member's storage on a simulated disk, with lanes that run when told to.</summary>
internal sealed class StorageHarness(SimulatedDisk disk, StorageOptions? options = null, ulong seed = 1000)
{
    public static readonly MemberIdentity Identity = new(0xC1, 0xA);
    public static readonly Configuration Members = new([new MemberId(1), new MemberId(2), new MemberId(3)]);
    private ulong _seed = seed;

    public StorageHarness(StorageOptions? options = null, ulong seed = 1000)
        : this(new SimulatedDisk(), options, seed)
    {
    }

    public static StorageOptions SmallOptions { get; } = new() { SegmentBytes = 4096 };

    public SimulatedDisk Disk { get; } = disk;

    public StorageOptions Options { get; } = options ?? SmallOptions;

    public ManualLane LogLane { get; } = new();

    public ManualLane BackgroundLane { get; } = new();

    public MemberStorage Storage { get; private set; } = null!;

    public WriteAheadLog Log => Storage.Log;

    public RecoveredState Recovered => Storage.Recovered;

    public ulong DataFolderId => Storage.DataFolderId;

    public StorageHarness Open(MemberIdentity? identity = null)
    {
        Storage = MemberStorage.Open(Disk, LogLane, BackgroundLane, _seed++, identity ?? Identity, Options);
        return this;
    }

    /// <summary>The process ends in order.</summary>
    public StorageHarness Close()
    {
        RunAll();
        Storage.Dispose();
        Disk.EndProcess();
        return this;
    }

    public StorageHarness Reopen() => Close().Open();

    /// <summary>Power loss: lanes are forgotten, the disk decides about what was not flushed.</summary>
    public StorageHarness Crash(ulong seed)
    {
        LogLane.Clear();
        BackgroundLane.Clear();
        Disk.Crash(new SeededRandom(seed));
        return this;
    }

    public void RunAll()
    {
        while (LogLane.RunStep() | BackgroundLane.RunStep())
        {
        }
    }

    /// <summary>Appends and waits until it is durable.</summary>
    public StorageHarness Append(params Entry[] entries)
    {
        Log.StageEntries(entries);
        Submit();
        LogLane.RunAll();
        return this;
    }

    /// <summary>Records with which data folder a peer came, and waits until it is durable.</summary>
    public StorageHarness RecordPeer(ulong member, ulong folder)
    {
        bool durable = false;
        Storage.RecordPeerFolder(member, folder, () => durable = true);
        BackgroundLane.RunAll();
        durable.ShouldBeTrue();
        return this;
    }

    public Completion Submit()
    {
        Completion completion = new();
        if (!Log.Submit(completion))
        {
            completion.Completed(null);
        }

        return completion;
    }

    public static Entry Entry(long term, long index, int length = 20) =>
        new(term, index, EntryKind.Command, Bytes(length, (ulong)((term * 1000) + index)));

    public static Entry[] Entries(long term, long first, int count, int length = 20) =>
        [.. Enumerable.Range(0, count).Select(i => Entry(term, first + i, length))];

    public static byte[] Bytes(int length, ulong seed)
    {
        SeededRandom random = new(seed);
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)random.Next(256);
        }

        return bytes;
    }

    /// <summary>Writes a snapshot and returns what describes it.</summary>
    public SnapshotMetadata Snapshot(long term, long index, int length = 1000)
    {
        SnapshotMetadata? result = null;
        Storage.Snapshots.Write(new LogPosition(term, index), Members, Pieces(Content(index, length)), (snapshot, error) =>
        {
            error.ShouldBeNull();
            result = snapshot;
        });
        BackgroundLane.RunAll();
        return result.ShouldNotBeNull();
    }

    public static byte[] Content(long index, int length = 1000) => Bytes(length, 77 + (ulong)index);

    public static IEnumerable<ReadOnlyMemory<byte>> Pieces(byte[] content, int pieceLength = 300)
    {
        for (int at = 0; at < content.Length; at += pieceLength)
        {
            yield return content.AsMemory(at, Math.Min(pieceLength, content.Length - at));
        }
    }

    public byte[] ReadContent(SnapshotMetadata snapshot)
    {
        using Stream stream = Storage.Snapshots.OpenContent(snapshot);
        using MemoryStream copy = new();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    /// <summary>Path of the newest segment.</summary>
    public string LastSegment => Disk.Paths.Last(path => path.EndsWith(".qlog", StringComparison.Ordinal));

    internal sealed class Completion : ILogCompletion
    {
        public int Calls { get; private set; }

        public StorageException? Error { get; private set; }

        public bool IsDurable => Calls == 1 && Error is null;

        public Action? Then { get; init; }

        public void Completed(StorageException? error)
        {
            Calls++;
            Error = error;
            Then?.Invoke();
        }
    }
}
