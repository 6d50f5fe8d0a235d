using Quorate.Replica.Tests.World;
using Quorate.Simulation;
using Quorate.Simulation.Disk;

namespace Quorate.Replica.Tests;

/// <summary>A member that has failed takes no part any more (spec S4).</summary>
public sealed class FailStopTests
{
    private const int EventsBetweenFailures = 9;

    [Fact]
    public void A_leader_whose_disk_fails_while_it_sends_a_snapshot_sends_nothing_more()
    {
        int failures = 0;
        for (int failAt = 1; RunAndFail(failAt); failAt += EventsBetweenFailures)
        {
            failures++;
        }

        failures.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void A_member_that_was_stopped_sends_nothing_more()
    {
        for (int stopAt = 1; stopAt < 200; stopAt += EventsBetweenFailures)
        {
            TestCluster cluster = SendingASnapshot(out SimulatedMember leader);
            Run(cluster, stopAt);
            leader.Replica!.Stop();
            long sent = MustBeSilent(cluster, leader);
            sent.ShouldBe(0, $"stopped at event {stopAt}");
        }
    }

    /// <summary>Returns false once the transfer ends before the failure.</summary>
    private static bool RunAndFail(int failAt)
    {
        TestCluster cluster = SendingASnapshot(out SimulatedMember leader);
        SimulatedMember follower = cluster.World.Members.Single(member => member.Id != leader.Id && member.Replica!.Status.AppliedIndex < 10);
        Run(cluster, failAt);
        if (follower.Replica!.Status.AppliedIndex > 10)
        {
            return false;
        }

        leader.Disk.FailNext(DiskOperation.Flush, "log/");
        cluster.Write(leader);
        cluster.World.RunUntil(() => leader.HasFailed, TestCluster.Moment).ShouldBeTrue();
        MustBeSilent(cluster, leader).ShouldBe(0, $"failed at event {failAt}");
        return true;
    }

    private static TestCluster SendingASnapshot(out SimulatedMember leader)
    {
        TestCluster cluster = new(seed: 3, configure: options => options with
        {
            SnapshotEveryEntries = 50,
            TrailingEntriesKept = 0,
            LaggingBytesKept = 0,
            ConfigureRaft = raft => raft with { SnapshotChunkBytesMax = 100 },
        });
        leader = cluster.StartAndElect();
        SimulatedMember follower = cluster.Follower();
        follower.Crash();
        cluster.MustWriteMany(leader, 150);
        cluster.MustWriteMany(leader, 50);
        cluster.World.RunFor(TestCluster.Moment);
        follower.Start();
        return cluster;
    }

    private static void Run(TestCluster cluster, int events)
    {
        int happened = 0;
        cluster.World.AfterEvent = () => happened++;
        cluster.World.RunUntil(() => happened >= events, TestCluster.Moment);
        cluster.World.AfterEvent = null;
    }

    private static long MustBeSilent(TestCluster cluster, SimulatedMember member)
    {
        long sent = 0;
        cluster.World.Network.Filter = (from, _, _) =>
        {
            sent += from == member.Id.Value ? 1 : 0;
            return true;
        };
        cluster.World.RunFor(TimeSpan.FromMilliseconds(200));
        return sent;
    }
}
