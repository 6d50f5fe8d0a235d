using Quorate.Raft;
using Quorate.Replica.Tests.World;
using Quorate.Simulation;

namespace Quorate.Replica.Tests;

/// <summary>What replicas make of connections that end (docs/decisions/0013).</summary>
public sealed class LostConnectionTests
{
    [Fact]
    public void When_the_leaders_process_ends_a_write_is_answered_before_an_election_timeout_could_have_passed()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        cluster.World.RunFor(TestCluster.Moment); // what it has sent has arrived
        leader.Kill();
        foreach (SimulatedMember other in Others(cluster, leader))
        {
            other.OnLoop(() => other.Replica!.ConnectionLost(leader.Id.Value));
        }

        TestWrite write = cluster.Write(cluster.Follower());
        TimeSpan timeout = cluster.World.Options.TickInterval * cluster.World.Options.ElectionTimeoutTicks;
        cluster.World.RunUntil(() => write.Outcome is not null, timeout / 2).ShouldBeTrue();
        write.Status.ShouldBe(ProposalStatus.Applied);
        cluster.MustHaveKeptItsWord();
    }

    [Fact]
    public void A_write_is_not_forwarded_to_a_leader_that_is_probably_gone_and_waits_for_who_leads_next()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        cluster.World.RunFor(TestCluster.Moment);
        SimulatedMember[] others = Others(cluster, leader);
        SimulatedMember last = others[0].Id.Value - leader.Id.Value > others[1].Id.Value - leader.Id.Value ? others[0] : others[1];
        leader.Crash(); // of which nobody hears
        last.OnLoop(() => last.Replica!.ConnectionLost(leader.Id.Value));

        TestWrite write = cluster.Write(last);
        cluster.World.RunUntil(() => write.Outcome is not null, TestCluster.Patience).ShouldBeTrue();

        write.Status.ShouldBe(ProposalStatus.Applied, "it was not handed to the leader that is gone");
    }

    [Fact]
    public void A_connection_that_breaks_by_itself_costs_a_write_a_moment_and_nobody_its_office()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        long term = leader.Replica!.Status.Term;
        SimulatedMember follower = cluster.Follower();
        follower.OnLoop(() => follower.Replica!.ConnectionLost(leader.Id.Value));

        TestWrite write = cluster.Write(follower);
        cluster.World.RunUntil(() => write.Outcome is not null, TestCluster.Patience).ShouldBeTrue();

        write.Status.ShouldBe(ProposalStatus.Applied);
        leader.Replica!.Status.Role.ShouldBe(Role.Leader);
        leader.Replica.Status.Term.ShouldBe(term);
    }

    private static SimulatedMember[] Others(TestCluster cluster, SimulatedMember member) =>
        [.. cluster.World.Members.Where(other => other != member)];
}
