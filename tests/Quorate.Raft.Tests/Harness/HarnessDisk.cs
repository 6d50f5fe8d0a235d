namespace Quorate.Raft.Tests.Harness;

/// <summary>
/// The disk of one server. What is written waits in <see cref="Pending"/> until it is flushed; a crash loses what was not.
/// </summary>
public sealed class HarnessDisk
{
    private readonly List<WriteBatch> _pending = [];

    // Stays readable, so that a transfer that began with it can finish.
    private (SnapshotMetadata Snapshot, byte[] Bytes)? _previousSnapshot;

    /// <summary>The durable term and vote.</summary>
    public HardState HardState { get; private set; }

    /// <summary>The durable log.</summary>
    public LogCopy Log { get; } = new();

    /// <summary>The newest durable snapshot.</summary>
    public SnapshotMetadata? Snapshot { get; private set; }

    public byte[] SnapshotBytes { get; private set; } = [];

    /// <summary>Batches that are not flushed, in order.</summary>
    public IReadOnlyList<WriteBatch> Pending => _pending;

    /// <summary>Whether flushes take forever.</summary>
    public bool Hangs { get; set; }

    public void Write(WriteBatch batch) => _pending.Add(batch);

    /// <summary>Makes the oldest pending batch durable.</summary>
    public WriteBatch FlushOne()
    {
        WriteBatch batch = _pending[0];
        _pending.RemoveAt(0);
        Apply(batch);
        if (batch.Mark.HardState != HardState || batch.Mark.Last != Log.Last)
        {
            throw new SafetyViolationException(
                $"the batch's mark says {batch.Mark}, but durable are {HardState} and {Log.Last}");
        }

        return batch;
    }

    /// <summary>Power fails: the first batches made it to the disk though nobody was told, the others are lost.</summary>
    public void Crash(int batchesKept)
    {
        foreach (WriteBatch batch in _pending.Take(batchesKept))
        {
            Apply(batch);
        }

        _pending.Clear();
        Hangs = false;
    }

    /// <summary>Stores a snapshot: written aside, flushed, renamed. An older one than there is changes nothing.</summary>
    public void SaveSnapshot(SnapshotMetadata snapshot, byte[] bytes)
    {
        if (Snapshot is null || snapshot.LastIncluded.Index > Snapshot.LastIncluded.Index)
        {
            _previousSnapshot = Snapshot is null ? null : (Snapshot, SnapshotBytes);
            Snapshot = snapshot;
            SnapshotBytes = bytes;
        }
    }

    /// <summary>The bytes of one of the two newest snapshots.</summary>
    public byte[]? BytesOf(SnapshotMetadata snapshot)
    {
        if (Snapshot is not null && Snapshot.IsSameFileAs(snapshot))
        {
            return SnapshotBytes;
        }

        return _previousSnapshot is { } previous && previous.Snapshot.IsSameFileAs(snapshot) ? previous.Bytes : null;
    }

    /// <summary>What a starting server finds. A log that does not reach the snapshot, or contradicts it, was replaced by it.</summary>
    public RestoredState Restore(Configuration initial)
    {
        if (Snapshot is not null && !Log.Holds(Snapshot.LastIncluded))
        {
            Log.BeginAfter(Snapshot.LastIncluded);
        }

        return new RestoredState
        {
            HardState = HardState,
            Snapshot = Snapshot,
            InitialConfiguration = initial,
            Entries = [.. Log.Entries],
        };
    }

    /// <summary>Puts a prepared log on the disk of a server that has not started.</summary>
    public void Prepare(HardState hardState, IEnumerable<Entry> entries)
    {
        HardState = hardState;
        foreach (Entry entry in entries)
        {
            Log.Append(entry);
        }
    }

    private void Apply(WriteBatch batch)
    {
        batch.CheckViewsAreStable();
        if (batch.HardState is { } hardState)
        {
            if (hardState.CurrentTerm < HardState.CurrentTerm)
            {
                throw new SafetyViolationException($"the durable term would fall from {HardState.CurrentTerm} to {hardState.CurrentTerm} (spec R3)");
            }

            if (hardState.CurrentTerm == HardState.CurrentTerm && !HardState.VotedFor.IsNone && hardState.VotedFor != HardState.VotedFor)
            {
                throw new SafetyViolationException(
                    $"the durable vote of term {hardState.CurrentTerm} would change from {HardState.VotedFor} to {hardState.VotedFor} (spec R4)");
            }

            HardState = hardState;
        }

        if (batch.ReplacedBySnapshot is { } snapshot)
        {
            Log.BeginAfter(snapshot.LastIncluded);
        }

        foreach (Entry entry in batch.Entries)
        {
            Log.Append(entry);
        }
    }
}
