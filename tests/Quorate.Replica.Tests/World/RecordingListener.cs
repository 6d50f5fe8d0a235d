using Quorate.Raft;

namespace Quorate.Replica.Tests.World;

internal sealed class RecordingListener : IReplicaListener
{
    public int SnapshotsTaken { get; private set; }

    public int SnapshotsInstalled { get; private set; }

    public List<FrameRefusal> Refusals { get; } = [];

    /// <summary>For what a full disk had no room.</summary>
    public List<string> WithoutRoom { get; } = [];

    public List<FollowerLoss> Losses { get; } = [];

    /// <summary>What was wrong with snapshots.</summary>
    public List<string> SnapshotRefusals { get; } = [];

    public List<string> Failures { get; } = [];

    public List<MemberId> Leaders { get; } = [];

    public void SnapshotTaken(SnapshotMetadata snapshot, TimeSpan duration) => SnapshotsTaken++;

    public void SnapshotInstalled(SnapshotMetadata snapshot) => SnapshotsInstalled++;

    public void SnapshotRefused(SnapshotMetadata snapshot, string reason) => SnapshotRefusals.Add(reason);

    public void FrameRefused(ulong from, FrameRefusal reason, int bytes) => Refusals.Add(reason);

    public void FollowerLostEntries(FollowerLoss loss) => Losses.Add(loss);

    public void DiskFull(string forWhat, Exception error) => WithoutRoom.Add(forWhat);

    public void Failed(string what, Exception error) => Failures.Add(what);

    public void LeaderChanged(MemberId leader, long term) => Leaders.Add(leader);
}
