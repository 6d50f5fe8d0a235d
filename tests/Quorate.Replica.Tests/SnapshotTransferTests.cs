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
        _cluster.Listeners[(int)follower.Id.Value - 1].SnapshotsInstalled.ShouldBe(1);
        _cluster.MustHaveKeptItsWord();
    }

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
