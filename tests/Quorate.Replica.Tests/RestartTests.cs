using Quorate.Replica.Tests.World;
using Quorate.Simulation;

namespace Quorate.Replica.Tests;

/// <summary>What members have after a restart, and what they do not do twice.</summary>
public sealed class RestartTests
{
    [Fact]
    public void A_restarted_cluster_has_everything_it_acknowledged_S3()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        cluster.MustWriteMany(leader, 300);
        foreach (SimulatedMember member in cluster.World.Members)
        {
            member.Crash();
        }

        cluster.StartAndElect();
        cluster.MustHaveKeptItsWord();
        cluster.World.Members.ShouldAllBe(member => TestCluster.MachineOf(member).Numbers.Count >= 301);
    }

    [Fact]
    public void A_member_that_was_started_has_caught_up_once_a_leader_has_told_it_how_far_it_was()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        cluster.MustWriteMany(leader, 50);
        cluster.World.RunFor(TestCluster.Moment);
        foreach (SimulatedMember member in cluster.World.Members)
        {
            member.Replica!.Status.HasCaughtUp.ShouldBeTrue();
            member.Crash();
        }

        SimulatedMember first = cluster.World.Members[0];
        first.Start();
        cluster.World.RunFor(TestCluster.Patience);
        first.Replica!.Status.HasCaughtUp.ShouldBeFalse("it has applied nothing of its log yet, and nobody can say how much of it is committed");

        cluster.StartAndElect();
        cluster.World.RunFor(TestCluster.Moment);
        first.Replica.Status.HasCaughtUp.ShouldBeTrue();
        TestCluster.MachineOf(first).Numbers.Count.ShouldBeGreaterThanOrEqualTo(51);
    }

    [Fact]
    public void A_member_whose_end_of_the_log_is_cut_off_after_its_start_has_caught_up_all_the_same()
    {
        TestCluster cluster = new();
        SimulatedMember former = cluster.StartAndElect();
        cluster.World.RunFor(TestCluster.Moment);
        cluster.World.Network.Isolate(former.Id);
        for (int i = 0; i < 20; i++)
        {
            cluster.Write(former);
        }

        cluster.World.RunFor(TimeSpan.FromMilliseconds(20));
        former.Crash();
        cluster.World.Network.Heal();
        cluster.World.RunUntil(() => cluster.World.Leader() is { } leader && leader != former, TestCluster.Patience).ShouldBeTrue();
        former.Start();
        long lastAtStart = former.Replica!.Status.LastIndex;

        cluster.World.RunFor(TestCluster.Moment);

        former.Replica.Status.AppliedIndex.ShouldBeLessThan(lastAtStart);
        former.Replica.Status.HasCaughtUp.ShouldBeTrue();
    }

    [Fact]
    public void A_restart_takes_no_more_of_the_log_into_memory_than_a_running_member_keeps()
    {
        const int Kept = 10;
        TestCluster cluster = new(configure: options => options with { SnapshotEveryEntries = 200, TrailingEntriesKept = Kept });
        SimulatedMember leader = cluster.StartAndElect();
        cluster.MustWriteMany(leader, 250);
        cluster.World.RunFor(TestCluster.Moment);
        SimulatedMember member = cluster.Follower();
        member.Crash();
        member.Start();

        // On disk is all of it yet: the segment holds what came before the snapshot too.
        long snapshot = member.Replica!.Algorithm.Snapshot!.LastIncluded.Index;
        snapshot.ShouldBeGreaterThan(Kept);
        member.Replica.Algorithm.Log.FirstIndex.ShouldBe(snapshot - Kept + 1);
    }

    [Fact]
    public void A_restart_applies_nothing_twice_over_its_snapshot_C5()
    {
        TestCluster cluster = new(configure: options => options with { SnapshotEveryEntries = 50, TrailingEntriesKept = 10 });
        SimulatedMember leader = cluster.StartAndElect();
        cluster.MustWriteMany(leader, 120);
        cluster.MustWriteMany(leader, 120);
        cluster.World.RunFor(TestCluster.Moment);
        SimulatedMember member = cluster.Follower();
        cluster.Listeners[(int)member.Id.Value - 1].SnapshotsTaken.ShouldBeGreaterThan(0);
        member.Crash();
        member.Start();
        TestCluster.MachineOf(member).Numbers.ShouldNotBeEmpty("the snapshot is loaded before anything else");
        cluster.World.RunFor(TestCluster.Moment);

        cluster.MustHaveKeptItsWord();
    }
}
