using Quorate.Replica.Tests.World;
using Quorate.Simulation;

namespace Quorate.Replica.Tests;

/// <summary>What a read sees, and what it waits for.</summary>
public sealed class ReadTests
{
    [Fact]
    public void A_linearizable_read_at_any_member_sees_every_write_answered_before_it_began_G2()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        foreach (SimulatedMember member in cluster.World.Members)
        {
            TestWrite write = cluster.MustWrite(leader);
            TestRead read = TestCluster.Read(member);
            bool seen = false;
            read.Then = _ => seen = TestCluster.MachineOf(member).Numbers.Contains(write.Written);
            cluster.MustEnd(read, ReadOutcome.Ready);
            seen.ShouldBeTrue();
        }
    }

    [Fact]
    public void All_reads_that_wait_share_a_round_of_confirmation_G2()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        cluster.World.RunFor(TestCluster.Moment);
        long before = leader.Replica!.Counters.FramesSent;
        TestRead[] reads = [.. Enumerable.Range(0, 500).Select(_ => TestCluster.Read(leader))];
        cluster.World.RunUntil(() => Array.TrueForAll(reads, read => read.Outcome is not null), TestCluster.Moment);

        reads.ShouldAllBe(read => read.Outcome == ReadOutcome.Ready);
        (leader.Replica.Counters.FramesSent - before).ShouldBeLessThan(10);
    }

    [Fact]
    public void A_bounded_read_waits_for_its_token_and_no_longer_than_its_bound_G1()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        SimulatedMember follower = cluster.Follower();
        cluster.World.Network.Isolate(follower.Id);
        TestWrite write = cluster.MustWrite(leader);
        TestRead late = TestCluster.Read(follower, ReadConsistency.Bounded, write.Outcome!.Value.Index, TimeSpan.FromMilliseconds(500));
        TestRead patient = TestCluster.Read(follower, ReadConsistency.Bounded, write.Outcome.Value.Index, TimeSpan.FromSeconds(20));
        TestRead local = TestCluster.Read(follower, ReadConsistency.Local);
        cluster.MustEnd(local, ReadOutcome.Ready);
        cluster.MustEnd(late, ReadOutcome.TimedOut);
        patient.Outcome.ShouldBeNull();

        cluster.World.Network.Heal();
        cluster.MustEnd(patient, ReadOutcome.Ready);
        TestCluster.MachineOf(follower).Numbers.ShouldContain(write.Written);
    }

    [Fact]
    public void The_minority_side_serves_no_write_and_no_linearizable_read_E5()
    {
        TestCluster cluster = new(members: 5);
        SimulatedMember old = cluster.StartAndElect();
        SimulatedMember companion = cluster.Follower();
        cluster.World.Network.Isolate(old.Id, companion.Id);
        TestWrite[] lost = [cluster.Write(old), cluster.Write(companion)];
        TestRead[] refused = [TestCluster.Read(old), TestCluster.Read(companion)];
        cluster.World.RunUntil(() => cluster.World.Leader() is { } leader && leader != old, TestCluster.Patience).ShouldBeTrue();
        cluster.MustWrite(cluster.World.Leader()!);
        cluster.World.RunFor(TimeSpan.FromSeconds(10));

        lost.ShouldAllBe(write => write.Status == ProposalStatus.Unknown);
        refused.ShouldAllBe(read => read.Outcome == ReadOutcome.NoLeader || read.Outcome == ReadOutcome.TimedOut);
        cluster.World.Network.Heal();
        cluster.MustHaveKeptItsWord();
    }
}
