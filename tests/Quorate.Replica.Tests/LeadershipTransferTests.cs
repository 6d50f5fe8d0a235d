using Quorate.Raft;
using Quorate.Replica.Tests.World;
using Quorate.Simulation;

namespace Quorate.Replica.Tests;

/// <summary>Leadership is handed over (spec E6).</summary>
public sealed class LeadershipTransferTests
{
    [Fact]
    public void Leadership_is_handed_over_and_writes_meanwhile_wait_and_are_carried_out_E6()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        SimulatedMember target = cluster.Follower();
        TransferOutcome? outcome = null;
        MemberId known = leader.Id;
        leader.OnLoop(() => leader.Replica!.TransferLeadership(target.Id, result =>
        {
            outcome = result;
            known = leader.Replica.Status.LeaderId;
        }));
        TestWrite write = cluster.Write(leader);
        cluster.World.RunUntil(() => cluster.World.Leader() == target, TestCluster.Moment).ShouldBeTrue();
        cluster.World.RunFor(TestCluster.Moment);

        outcome.ShouldBe(TransferOutcome.Moved);
        known.ShouldBe(target.Id, "it is told when the target is known to lead");
        write.Status.ShouldBe(ProposalStatus.Applied);
        cluster.MustHaveKeptItsWord();
    }

    [Fact]
    public void A_handover_to_a_member_that_cannot_be_reached_is_told_to_have_timed_out_and_writes_go_on_E6()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        SimulatedMember target = cluster.Follower();
        cluster.World.Network.Isolate(target.Id);
        List<TransferOutcome> told = [];
        leader.OnLoop(() => leader.Replica!.TransferLeadership(target.Id, told.Add));
        leader.OnLoop(() => leader.Replica!.TransferLeadership(target.Id, told.Add));
        cluster.World.RunFor(TimeSpan.FromMilliseconds(5));
        told.ShouldBe([TransferOutcome.InProgress], "the first is under way");
        cluster.World.RunUntil(() => told.Count == 2, TestCluster.Patience).ShouldBeTrue();
        told[1].ShouldBe(TransferOutcome.TimedOut);
        cluster.MustWrite(leader);
    }

    [Fact]
    public void A_handover_that_is_asked_for_or_under_way_when_the_member_stops_is_told_just_that()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        List<TransferOutcome> told = [];
        leader.Replica!.TransferLeadership(cluster.Follower().Id, told.Add);
        leader.Replica.Stop();
        told.ShouldBe([TransferOutcome.Stopping]);
        leader.Replica.TransferLeadership(cluster.Follower().Id, told.Add);
        leader.Replica.Pump();
        told.ShouldBe([TransferOutcome.Stopping, TransferOutcome.Stopping], "and not that it does not lead");
    }
}
