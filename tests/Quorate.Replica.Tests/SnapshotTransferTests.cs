using Quorate.Replica.Tests.World;
using Quorate.Simulation;

namespace Quorate.Replica.Tests;

/// <summary>Snapshots on their way to a follower whose disk, or whose leader's disk, does not do what it should (spec S2).</summary>
public sealed class SnapshotTransferTests
{
    private readonly TestCluster _cluster = new(seed: 5, configure: options => options with
    {
        SnapshotEveryEntries = 50,
        TrailingEntriesKept = 0,
        LaggingBytesKept = 0,
        ConfigureRaft = raft => raft with { SnapshotChunkBytesMax = 100 },
    });

    [Fact]
    public void Chunks_do_not_pile_up_behind_a_disk_that_hangs()
    {
        SimulatedMember leader = _cluster.StartAndElect();
        SimulatedMember follower = LeaveBehind(leader);
        follower.Start();
        _cluster.World.RunUntil(() => follower.Disk.Paths.Contains("snapshots/incoming.tmp"), TestCluster.Patience).ShouldBeTrue();
        follower.HangDisk(TimeSpan.FromMinutes(2));

        // The leader sends the chunk again and again; a simulated lane refuses more works than make sense.
        _cluster.World.RunFor(TimeSpan.FromMinutes(3));
        ListenerOf(follower).SnapshotsInstalled.ShouldBe(1);
        _cluster.MustHaveKeptItsWord();
    }

    [Fact]
    public void A_snapshot_that_is_damaged_on_the_leaders_disk_is_told_of_and_replaced_even_where_nothing_was_applied_since()
    {
        SimulatedMember leader = _cluster.StartAndElect();
        SimulatedMember follower = LeaveBehind(leader);
        leader.OnLoop(() => leader.Replica!.RequestSnapshot());
        _cluster.World.RunFor(TestCluster.Moment);
        foreach (string path in leader.Disk.Paths.Where(path => path.EndsWith(".qsnap", StringComparison.Ordinal)))
        {
            leader.Disk.FlipBit(path, (int)leader.Disk.LengthOf(path) / 2, 3);
        }

        follower.Start();
        _cluster.World.RunFor(TestCluster.Patience);
        RecordingListener atLeader = ListenerOf(leader);
        RecordingListener atFollower = ListenerOf(follower);
        atFollower.SnapshotRefusals.Count.ShouldBe(1);
        atLeader.SnapshotRefusals.Count.ShouldBe(1);
        atFollower.SnapshotsInstalled.ShouldBe(1);
        atFollower.Failures.ShouldBeEmpty();
        atLeader.Failures.ShouldBeEmpty();
        _cluster.MustHaveKeptItsWord();
    }

    [Fact]
    public void A_damaged_snapshot_that_another_finds_no_room_to_replace_is_replaced_once_there_is_some()
    {
        SimulatedMember leader = _cluster.StartAndElect();
        SimulatedMember follower = LeaveBehind(leader);
        leader.OnLoop(() => leader.Replica!.RequestSnapshot());
        _cluster.World.RunFor(TestCluster.Moment);
        foreach (string path in leader.Disk.Paths.Where(path => path.EndsWith(".qsnap", StringComparison.Ordinal)))
        {
            leader.Disk.FlipBit(path, (int)leader.Disk.LengthOf(path) / 2, 3);
        }

        leader.Disk.CapacityBytesMax = leader.Disk.UsedBytes;
        follower.Start();
        _cluster.World.RunFor(TestCluster.Moment);
        ListenerOf(leader).WithoutRoom.ShouldBe(["a snapshot"]);

        leader.Disk.CapacityBytesMax = long.MaxValue;
        _cluster.World.RunFor(TestCluster.Patience + TestCluster.Patience);
        ListenerOf(follower).SnapshotsInstalled.ShouldBe(1);
        _cluster.MustHaveKeptItsWord();
    }

    private RecordingListener ListenerOf(SimulatedMember member) => _cluster.Listeners[(int)member.Id.Value - 1];

    private SimulatedMember LeaveBehind(SimulatedMember leader)
    {
        SimulatedMember follower = _cluster.Follower();
        follower.Crash();
        _cluster.MustWriteMany(leader, 150);
        _cluster.MustWriteMany(leader, 50);
        _cluster.World.RunFor(TestCluster.Moment);
        return follower;
    }
}
