using Quorate.Raft;
using Quorate.Replica.Tests.World;
using Quorate.Replica.Wire;
using Quorate.Simulation;

namespace Quorate.Replica.Tests;

/// <summary>Which terms are told by the frames that forward commands and refuse them: those on the sender's disk (spec R3).</summary>
public sealed class ForwardedTermTests
{
    [Fact]
    public void A_refusal_names_the_term_that_was_led_and_not_a_later_one_that_is_not_on_disk_yet_R3()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        SimulatedMember follower = cluster.Follower();
        cluster.MustWrite(follower); // it has served this sender in its term
        long term = leader.Replica!.Status.Term;
        byte[] forward = ForwardOf(cluster, follower);

        // Others have elected another meanwhile; it hears of that while its disk hangs, and steps down.
        cluster.World.Network.Isolate(leader.Id);
        cluster.World.RunUntil(() => cluster.World.Leader()?.Replica!.Status.Term > term, TestCluster.Patience).ShouldBeTrue();
        leader.HangDisk(TestCluster.Patience);
        cluster.World.Network.Heal();
        RaftNode algorithm = leader.Replica.Algorithm;
        cluster.World.RunUntil(() => algorithm.CurrentTerm > term, TestCluster.Patience).ShouldBeTrue();

        List<FrameSummary> sent = FramesOf(cluster, leader);
        leader.OnLoop(() => leader.Replica.FrameReceived(follower.Id.Value, forward));
        cluster.World.RunFor(TimeSpan.FromMilliseconds(10));

        algorithm.DurableHardState.CurrentTerm.ShouldBe(term, "the later term is not on disk yet");
        sent.Where(frame => frame.Kind == FrameKind.ForwardRefused).ShouldHaveSingleItem().Term.ShouldBe(term);
        sent.ShouldAllBe(frame => frame.Term == term, "no frame tells a term that is not on disk");
    }

    [Fact]
    public void A_follower_forwards_to_the_leader_of_a_term_once_that_is_on_its_disk_R3()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        SimulatedMember follower = cluster.Follower(0);
        SimulatedMember next = cluster.Follower(1);
        long term = leader.Replica!.Status.Term;

        // It misses a change of leader, and hears of it while its disk hangs.
        cluster.World.Network.Isolate(follower.Id);
        leader.OnLoop(() => leader.Replica.TransferLeadership(next.Id, _ => { }));
        cluster.World.RunUntil(() => cluster.World.Leader() == next, TestCluster.Patience).ShouldBeTrue();
        follower.HangDisk(TestCluster.Patience);
        cluster.World.Network.Heal();
        RaftNode algorithm = follower.Replica!.Algorithm;
        cluster.World.RunUntil(() => algorithm.LeaderId == next.Id, TestCluster.Patience).ShouldBeTrue();

        List<FrameSummary> sent = FramesOf(cluster, follower);
        TestWrite write = cluster.Write(follower);
        cluster.World.RunFor(TimeSpan.FromMilliseconds(10));
        algorithm.DurableHardState.CurrentTerm.ShouldBe(term, "the later term is not on disk yet");
        sent.ShouldBeEmpty("whatever it says would tell the later term");

        follower.Calm();
        cluster.World.RunUntil(() => write.Outcome is not null, TestCluster.Patience).ShouldBeTrue();
        write.Status.ShouldBe(ProposalStatus.Applied);
        sent.ShouldContain(frame => frame.Kind == FrameKind.ForwardProposals);
    }

    /// <summary>All that a member sends from now on.</summary>
    private static List<FrameSummary> FramesOf(TestCluster cluster, SimulatedMember member)
    {
        List<FrameSummary> sent = [];
        cluster.World.Network.Filter = (from, _, frame) =>
        {
            if (from == member.Id.Value && FrameSummary.TryRead(frame.Span, out FrameSummary summary))
            {
                sent.Add(summary);
            }

            return true;
        };
        return sent;
    }

    /// <summary>What a follower sends the leader for a write of its client; it is lost on its way.</summary>
    private static byte[] ForwardOf(TestCluster cluster, SimulatedMember follower)
    {
        byte[]? forward = null;
        cluster.World.Network.Filter = (from, _, frame) =>
        {
            bool isForward = from == follower.Id.Value
                && FrameSummary.TryRead(frame.Span, out FrameSummary summary) && summary.Kind == FrameKind.ForwardProposals;
            forward = isForward ? frame.ToArray() : forward;
            return !isForward;
        };
        cluster.Write(follower);
        cluster.World.RunUntil(() => forward is not null, TestCluster.Moment).ShouldBeTrue();
        cluster.World.Network.Filter = null;
        return forward!;
    }
}
