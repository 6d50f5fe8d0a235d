using Quorate.Replica.Tests.World;
using Quorate.Simulation;

namespace Quorate.Replica.Tests;

/// <summary>Writes that followers pass on to the leader (spec W1, W2).</summary>
public sealed class ForwardingTests
{
    [Fact]
    public void A_follower_forwards_a_write_and_answers_once_it_has_applied_it_W1()
    {
        TestCluster cluster = new();
        cluster.StartAndElect();
        SimulatedMember follower = cluster.Follower();
        TestWrite write = cluster.MustWrite(follower);

        TestCluster.MachineOf(follower).Numbers.ShouldContain(write.Written);
        write.Outcome!.Value.Result.ShouldBe(TestCluster.MachineOf(follower).Numbers.Count);
        follower.Replica!.Counters.ProposalsForwarded.ShouldBe(1);
    }

    [Fact]
    public void A_follower_that_may_not_forward_says_that_it_does_not_lead_W1()
    {
        TestCluster cluster = new();
        cluster.StartAndElect();
        TestWrite write = cluster.Write(cluster.Follower(), mayForward: false);
        cluster.World.RunFor(TestCluster.Moment);

        write.Status.ShouldBe(ProposalStatus.NotLeader);
    }

    [Fact]
    public void A_forwarded_write_that_the_network_repeats_is_carried_out_once()
    {
        TestCluster cluster = new();
        cluster.StartAndElect();
        SimulatedMember follower = cluster.Follower();
        cluster.World.Network.Conditions = new NetworkConditions { RepeatPerMille = 1000, HoldUpPerMille = 300 };
        TestWrite[] writes = [.. Enumerable.Range(0, 100).Select(_ => cluster.Write(follower, timeout: TimeSpan.FromMinutes(1)))];
        cluster.World.RunUntil(() => Array.TrueForAll(writes, write => write.Outcome is not null), TestCluster.Patience);
        cluster.World.RunFor(TimeSpan.FromSeconds(5));

        cluster.World.Network.FramesRepeated.ShouldBeGreaterThan(0);
        writes.Count(write => write.Status == ProposalStatus.Applied).ShouldBeGreaterThan(0);
        cluster.MustHaveKeptItsWord();
    }

    [Fact]
    public void A_forwarded_write_that_was_refused_stays_refused_when_its_frame_comes_again_W2()
    {
        // The leader has room for one command at a time: of those that come in one frame it refuses all but the first.
        TestCluster cluster = new(configure: options => options with { ConfigureRaft = raft => raft with { UncommittedBytesMax = 1 } });
        cluster.StartAndElect();
        SimulatedMember follower = cluster.Follower();
        cluster.World.Network.Conditions = new NetworkConditions { RepeatPerMille = 1000, HoldUpPerMille = 300 };
        for (int round = 0; round < 10; round++)
        {
            for (int i = 0; i < 5; i++)
            {
                cluster.Write(follower);
            }

            cluster.World.RunFor(TestCluster.Moment);
        }

        cluster.World.Network.Conditions = NetworkConditions.Calm;
        cluster.World.RunFor(TimeSpan.FromSeconds(5));
        cluster.Writes.Count(write => write.Status == ProposalStatus.Overloaded).ShouldBeGreaterThan(10);
        cluster.MustHaveKeptItsWord();
    }
}
