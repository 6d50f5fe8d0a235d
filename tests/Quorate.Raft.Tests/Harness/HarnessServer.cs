using Quorate.Raft.Messages;

namespace Quorate.Raft.Tests.Harness;

/// <summary>
/// One server: the algorithm, its disk and its state machine, held together by a host that carries out each
/// <see cref="RaftOutput"/> exactly as that type documents.
/// </summary>
public sealed class HarnessServer(HarnessCluster cluster, MemberId id)
{
    private const int OutputsPerEventMax = 10_000;
    private readonly List<SnapshotChunk> _chunks = [];
    private SnapshotMetadata? _receiving;
    private byte[] _received = [];
    private int _receivedLength;
    private RaftNode? _node;
    private int _starts;

    public MemberId Id { get; } = id;

    public HarnessDisk Disk { get; } = new();

    /// <summary>What the state machine has applied.</summary>
    public AppliedState State { get; private set; } = new();

    /// <summary>The log in memory, as the outputs described it.</summary>
    public LogCopy Log { get; private set; } = new();

    public bool IsUp => _node is not null;

    public RaftNode Node => _node ?? throw new InvalidOperationException($"server {Id} is down");

    public Role? Role => _node?.Role;

    /// <summary>Snapshot chunks that are not stored yet.</summary>
    public IReadOnlyList<SnapshotChunk> UnstoredChunks => _chunks;

    /// <summary>Whether writes become durable at once, without being asked.</summary>
    public bool FlushesAtOnce { get; set; } = true;

    /// <summary>Starts from the disk.</summary>
    public void Start()
    {
        if (IsUp)
        {
            throw new InvalidOperationException($"server {Id} runs already");
        }

        RestoredState restored = Disk.Restore(cluster.InitialConfiguration);
        State = Disk.Snapshot is null ? new AppliedState() : AppliedState.Load(Disk.SnapshotBytes);
        Log = Disk.Log.Clone();
        RaftOptions options = cluster.OptionsOf(Id, _starts++);
        _node = new RaftNode(options, restored);
        cluster.Watcher.Started(this);
        CarryOut();
    }

    /// <summary>Stops at once. Everything that was not flushed is gone, but for the batches that happened to reach the disk.</summary>
    public void Crash(int batchesKept)
    {
        _node = null;
        Disk.Crash(batchesKept);
        _chunks.Clear();
        _receiving = null;
        _received = [];
        _receivedLength = 0;
    }

    /// <summary>One event, and all that follows from it.</summary>
    public void Run(Action<RaftNode> happens)
    {
        happens(Node);
        CarryOut();
    }

    /// <summary>The oldest write reaches the disk.</summary>
    public void FlushOne()
    {
        Flush();
        CarryOut();
    }

    /// <summary>The oldest chunk of a snapshot is put aside.</summary>
    public void StoreChunk()
    {
        Store();
        CarryOut();
    }

    /// <summary>Saves a snapshot of what is applied and lets the log be cut.</summary>
    public void TakeSnapshot(int entriesKept)
    {
        if (State.Last.Index == (Disk.Snapshot?.LastIncluded.Index ?? 0))
        {
            return;
        }

        byte[] bytes = State.Save();
        var snapshot = new SnapshotMetadata(State.Last, cluster.InitialConfiguration, bytes.Length, AppliedState.ChecksumOf(bytes));
        long firstKept = Math.Max(1, State.Last.Index + 1 - entriesKept);
        firstKept = Math.Max(firstKept, Disk.Log.Base.Index + 1);
        Disk.SaveSnapshot(snapshot, bytes);
        Disk.Log.CutBefore(firstKept);
        Run(node => node.SnapshotTaken(snapshot));
        ForgetLog(entriesKept, entriesKept);
    }

    /// <summary>Lets what is applied leave the memory, but for so many entries; it stays on the disk.</summary>
    public void ForgetLog(int entriesKept, int entriesKeptForFollowers)
    {
        long applied = State.Last.Index;
        Run(node => node.ForgetBefore(applied + 1 - entriesKept, applied + 1 - entriesKeptForFollowers));
        Log.CutBefore(Node.Log.FirstIndex);
    }

    private void CarryOut()
    {
        for (int i = 0; ; i++)
        {
            if (i == OutputsPerEventMax)
            {
                throw new SafetyViolationException($"server {Id} asks for more without end");
            }

            RaftOutput output = Node.TakeOutput();
            if (!output.IsEmpty)
            {
                CarryOut(output);
                continue;
            }

            if (!FlushesAtOnce || Disk.Hangs)
            {
                return;
            }

            if (Disk.Pending.Count > 0)
            {
                Flush();
            }
            else if (_chunks.Count > 0)
            {
                Store();
            }
            else
            {
                return;
            }
        }
    }

    private void CarryOut(RaftOutput output)
    {
        // What must be written is in memory from here on; the checks of messages need to see it.
        WriteBatch? batch = output.MustWrite ? new WriteBatch(output) : null;
        if (batch is not null)
        {
            Remember(batch);
        }

        foreach (Message message in output.Messages)
        {
            Send(message);
        }

        if (batch is not null)
        {
            Disk.Write(batch);
        }
        else if (Disk.Pending.Count > 0)
        {
            Disk.Pending[^1].Messages.AddRange(output.MessagesOnceDurable);
        }
        else
        {
            foreach (Message message in output.MessagesOnceDurable)
            {
                Send(message);
            }
        }

        foreach (ReadOnlyMemory<Entry> part in output.Committed)
        {
            foreach (Entry entry in part.Span)
            {
                State.Apply(entry);
                cluster.Watcher.Applied(this, entry);
                cluster.WasApplied(this, entry);
            }
        }

        foreach (ReadResult read in output.Reads)
        {
            cluster.ReadEnded(this, read);
        }

        _chunks.AddRange(output.SnapshotChunks);
    }

    private void Remember(WriteBatch batch)
    {
        if (batch.ReplacedBySnapshot is { } snapshot)
        {
            Log.BeginAfter(snapshot.LastIncluded);
        }

        foreach (Entry entry in batch.Entries)
        {
            int replaced = Log.Append(entry);
            cluster.Watcher.Appended(this, entry, replaced);
        }
    }

    private void Flush()
    {
        WriteBatch batch = Disk.FlushOne();
        foreach (Message message in batch.Messages)
        {
            Send(message);
        }

        Node.Written(batch.Mark);
    }

    private void Send(Message message)
    {
        cluster.Watcher.Leaves(this, message);
        if (message is InstallSnapshot install && install.Data.IsEmpty && install.ChunkLength > 0)
        {
            byte[] bytes = Disk.BytesOf(install.Snapshot)
                ?? throw new SafetyViolationException($"server {Id} sends the snapshot {install.Snapshot.LastIncluded}, which is neither its newest nor the one before");
            message = install with { Data = bytes.AsMemory((int)install.Offset, install.ChunkLength) };
        }

        cluster.Send(message);
    }

    private void Store()
    {
        SnapshotChunk chunk = _chunks[0];
        _chunks.RemoveAt(0);
        if (_receiving is null || !_receiving.IsSameFileAs(chunk.Snapshot))
        {
            _receiving = chunk.Snapshot;
            _received = new byte[chunk.Snapshot.Length];
            _receivedLength = 0;
        }

        // Only what goes on without a hole counts; the answer says where to go on.
        if (chunk.Offset <= _receivedLength)
        {
            chunk.Data.Span.CopyTo(_received.AsSpan((int)chunk.Offset));
            _receivedLength = Math.Max(_receivedLength, (int)chunk.Offset + chunk.Data.Length);
        }

        Node.SnapshotChunkStored(chunk, _receivedLength);
        if (_receivedLength == chunk.Snapshot.Length && chunk.Done)
        {
            Install(chunk.Snapshot, _received);
            _receiving = null;
        }
    }

    private void Install(SnapshotMetadata snapshot, byte[] bytes)
    {
        if (AppliedState.ChecksumOf(bytes) != snapshot.Checksum)
        {
            throw new SafetyViolationException($"the snapshot {snapshot.LastIncluded} that server {Id} received is not the one that was sent");
        }

        Disk.SaveSnapshot(snapshot, bytes);
        if (snapshot.LastIncluded.Index > State.Last.Index)
        {
            State = AppliedState.Load(bytes);
            cluster.Watcher.Loaded(this);
        }

        Node.SnapshotInstalled(snapshot);
    }
}
