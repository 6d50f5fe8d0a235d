using Quorate.Raft;
using Quorate.Replica.Tests.World;
using Quorate.Simulation;

namespace Quorate.Replica.Tests;

/// <summary>When snapshots are taken and sent, and what of the log goes with them.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public void A_follower_far_behind_gets_the_snapshot_and_goes_on_from_there_S2()
    {
        TestCluster cluster = new(configure: options => options with
        {
            SnapshotEveryEntries = 50,
            TrailingEntriesKept = 10,
            LaggingBytesKept = 100,
            ConfigureRaft = raft => raft with { SnapshotChunkBytesMax = 300 },
        });
        SimulatedMember leader = cluster.StartAndElect();
        SimulatedMember follower = cluster.Follower();
        follower.Crash();
        for (int i = 0; i < 10; i++)
        {
            cluster.MustWriteMany(leader, 60);
        }

        follower.Start();
        cluster.World.RunFor(TimeSpan.FromSeconds(5));
        cluster.Listeners[(int)follower.Id.Value - 1].SnapshotsInstalled.ShouldBeGreaterThan(0);
        follower.Replica!.Counters.SnapshotsInstalled.ShouldBeGreaterThan(0);
        cluster.MustWrite(follower);
        cluster.MustHaveKeptItsWord();

        follower.Crash();
        follower.Start();
        cluster.World.RunFor(TimeSpan.FromSeconds(5));
        cluster.MustHaveKeptItsWord();
    }

    [Fact]
    public void A_snapshot_transfer_survives_the_crash_of_its_receiver_and_loss_on_the_way_S2()
    {
        TestCluster cluster = new(seed: 7, configure: options => options with
        {
            SnapshotEveryEntries = 200,
            TrailingEntriesKept = 0,
            LaggingBytesKept = 100,
            ConfigureRaft = raft => raft with { SnapshotChunkBytesMax = 200 },
        });
        SimulatedMember leader = cluster.StartAndElect();
        SimulatedMember follower = cluster.Follower();
        follower.Crash();
        cluster.MustWriteMany(leader, 1000);
        cluster.World.Network.Conditions = new NetworkConditions { LossPerMille = 100, RepeatPerMille = 100, HoldUpPerMille = 50 };
        for (int i = 0; i < 5; i++)
        {
            follower.Start();
            cluster.World.RunFor(TimeSpan.FromMilliseconds(400));
            follower.Crash();
        }

        follower.Start();
        cluster.World.Network.Conditions = NetworkConditions.Calm;
        cluster.World.RunFor(TimeSpan.FromSeconds(10));
        follower.Replica!.Status.AppliedIndex.ShouldBeGreaterThan(1000);
        cluster.MustHaveKeptItsWord();
    }

    [Fact]
    public void The_log_on_disk_is_cut_once_a_snapshot_holds_it_S1()
    {
        TestCluster cluster = new(configure: options => options with
        {
            SnapshotEveryEntries = 1_000_000,
            SnapshotEveryLogBytes = 100_000,
            TrailingEntriesKept = 1_000_000,
            TrailingBytesKept = 50_000,
        });
        SimulatedMember leader = cluster.StartAndElect();
        for (int i = 0; i < 40; i++)
        {
            cluster.MustWriteMany(leader, 25, padding: 2000);
        }

        cluster.World.RunFor(TestCluster.Moment);
        leader.Replica!.Counters.SnapshotsTaken.ShouldBeGreaterThan(5);
        leader.Replica.Status.LogBytes.ShouldBeLessThan(800_000, "two million bytes were written");
        leader.Replica.Status.SnapshotIndex.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void The_log_in_memory_is_cut_without_a_snapshot_and_a_restart_finds_it_whole_on_disk_C5()
    {
        TestCluster cluster = new(configure: options => WithoutSnapshots(options) with
        {
            TrailingBytesKept = 50_000,
        });
        SimulatedMember leader = cluster.StartAndElect();
        for (int i = 0; i < 40; i++)
        {
            cluster.MustWriteMany(leader, 25, padding: 2000);
        }

        cluster.World.RunFor(TestCluster.Moment);
        foreach (SimulatedMember member in cluster.World.Members)
        {
            RaftLog log = member.Replica!.Algorithm.Log;
            (log.LastIndex - log.FirstIndex).ShouldBeInRange(20, 35, "25 entries of 2,000 bytes");
            member.Replica.Counters.SnapshotsTaken.ShouldBe(0);
            member.Crash();
        }

        cluster.StartAndElect();
        cluster.MustHaveKeptItsWord();
    }

    [Theory]
    [InlineData(1_000_000, 0)]
    [InlineData(50_000, 1)]
    public void A_follower_that_lags_gets_entries_as_far_as_the_memory_goes_and_else_a_snapshot_S2(long laggingBytesKept, int snapshots)
    {
        TestCluster cluster = new(configure: options => WithoutSnapshots(options) with
        {
            TrailingBytesKept = 10_000,
            LaggingBytesKept = laggingBytesKept,
        });
        SimulatedMember leader = cluster.StartAndElect();
        SimulatedMember follower = cluster.Follower();
        follower.Crash();
        for (int i = 0; i < 4; i++)
        {
            cluster.MustWriteMany(leader, 25, padding: 2000);
        }

        follower.Start();
        cluster.World.RunFor(TimeSpan.FromSeconds(5));

        follower.Replica!.Counters.SnapshotsInstalled.ShouldBe(snapshots);
        leader.Replica!.Counters.SnapshotsTaken.ShouldBe(snapshots);
        cluster.MustHaveKeptItsWord();
        for (int i = 0; i < 25; i++)
        {
            cluster.MustWriteMany(leader, 1, padding: 2000);
        }

        RaftLog log = leader.Replica.Algorithm.Log;
        (log.LastIndex - log.FirstIndex).ShouldBeLessThan(10, "nobody lags any more");
    }

    [Fact]
    public void Small_entries_do_not_pile_up_in_memory_for_a_follower_that_is_away()
    {
        TestCluster cluster = new(configure: options => WithoutSnapshots(options) with
        {
            TrailingEntriesKept = 10,
            LaggingBytesKept = 64 * 128,
        });
        SimulatedMember leader = cluster.StartAndElect();
        cluster.Follower().Crash();
        for (int i = 0; i < 40; i++)
        {
            cluster.MustWriteMany(leader, 5);
        }

        RaftLog log = leader.Replica!.Algorithm.Log;
        (log.LastIndex - log.FirstIndex).ShouldBeInRange(60, 80);
    }

    [Fact]
    public void A_snapshot_is_taken_on_request()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        cluster.MustWrite(leader);
        leader.OnLoop(leader.Replica!.RequestSnapshot);
        cluster.World.RunFor(TestCluster.Moment);

        leader.Replica.Counters.SnapshotsTaken.ShouldBe(1);
        leader.Replica.Status.SnapshotIndex.ShouldBe(leader.Replica.Status.AppliedIndex);
    }

    /// <summary>None is taken but for a follower that lags, or on request.</summary>
    private static ReplicaOptions WithoutSnapshots(ReplicaOptions options) =>
        options with { SnapshotEveryEntries = 1_000_000, SnapshotEveryLogBytes = 100_000_000 };
}
