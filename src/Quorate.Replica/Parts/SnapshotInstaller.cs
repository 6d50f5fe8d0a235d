using Quorate.Io;
using Quorate.Raft;
using Quorate.Storage;

namespace Quorate.Replica.Parts;

/// <summary>
/// A follower's side of a snapshot transfer (paper figure 13, receiver): puts chunks aside and, once the file is whole
/// and verified, loads it into the state machine beside the loop. While the disk has no room for it
/// chunks are passed over, and the leader sends them again.
/// </summary>
internal sealed class SnapshotInstaller(
    RaftNode algorithm,
    SnapshotStore snapshots,
    IWorkLane lane,
    IStateMachine stateMachine,
    Applier applier,
    DiskRoom room,
    IReplicaListener listener,
    Func<bool> isRunning,
    Action<SnapshotMetadata> installed,
    Action<string, Exception> failed)
{
    /// <summary>One chunk is under way at a time: where the disk is slow or hangs, what the leader sends again meanwhile would gather.</summary>
    private bool _isStoring;

    public void Receive(SnapshotChunk chunk)
    {
        if (_isStoring || room.IsShort)
        {
            algorithm.SnapshotChunkPassedOver(chunk);
            return;
        }

        _isStoring = true;
        snapshots.Receive(chunk.Snapshot, chunk.Offset, chunk.Data, (nextOffset, error) => Stored(chunk, nextOffset, error));
    }

    private void Stored(SnapshotChunk chunk, long nextOffset, Exception? error)
    {
        _isStoring = false;
        if (!isRunning())
        {
            return;
        }

        if (error is FoundNoRoomException full)
        {
            room.NotFound(full);
            algorithm.SnapshotChunkPassedOver(chunk);
            return;
        }

        if (error is SnapshotDamagedException damaged)
        {
            listener.SnapshotRefused(chunk.Snapshot, $"what {chunk.From} has sent is damaged: {damaged.Problem}");
        }
        else if (error is not null)
        {
            failed("storing a received snapshot failed", error);
            return;
        }

        algorithm.SnapshotChunkStored(chunk, nextOffset);
        if (chunk.Done && nextOffset == chunk.Snapshot.Length && !applier.IsPaused
            && chunk.Snapshot.LastIncluded.Index > applier.Applied.Index)
        {
            applier.IsPaused = true;
            lane.Submit(new Load(snapshots, chunk.Snapshot, stateMachine, Loaded));
        }
    }

    private void Loaded(SnapshotMetadata snapshot, Exception? error)
    {
        applier.IsPaused = false;
        if (!isRunning())
        {
            return;
        }

        if (error is not null)
        {
            // The old state may be half gone, so there is nothing to go on with.
            failed("loading a received snapshot failed", error);
            return;
        }

        applier.StateLoaded(snapshot.LastIncluded);
        algorithm.SnapshotInstalled(snapshot);
        installed(snapshot);
    }

    private sealed class Load(
        SnapshotStore snapshots, SnapshotMetadata snapshot, IStateMachine stateMachine, Action<SnapshotMetadata, Exception?> loaded) : IWork
    {
        public bool Step()
        {
            using Stream content = snapshots.OpenContent(snapshot);
            stateMachine.LoadSnapshot(content);
            return true;
        }

        public void Completed(Exception? error) => loaded(snapshot, error);
    }
}
