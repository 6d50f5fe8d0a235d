using Quorate.Raft;
using Quorate.Replica.Tests.World;
using Quorate.Simulation;

namespace Quorate.Replica.Tests;

/// <summary>A member that has lost the end of what it acknowledged, as after a disk that lied about a flush, under a leader that stays.</summary>
public sealed class LostEndTests
{
    [Fact]
    public void It_is_sent_all_of_it_again_by_the_leader_that_had_heard_the_acknowledgement_and_somebody_is_told()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        SimulatedMember follower = cluster.Follower();
        cluster.MustWriteMany(leader, 20);
        cluster.MustWrite(leader);
        cluster.World.RunFor(TestCluster.Moment);
        long acknowledged = follower.Replica!.Status.LastIndex;
        follower.Crash();
        string log = follower.Disk.Paths.Where(path => path.EndsWith(".qlog", StringComparison.Ordinal)).Order(StringComparer.Ordinal).First();
        follower.Disk.FlipBit(log, Array.FindLastIndex(follower.Disk.ReadAll(log), value => value != 0), 4);

        follower.Start();
        follower.Replica!.Status.LastIndex.ShouldBeLessThan(acknowledged, "the last batch is cut off");
        cluster.World.RunFor(TestCluster.Patience);

        cluster.World.Leader().ShouldBe(leader);
        FollowerLoss told = cluster.Listeners[(int)leader.Id.Value - 1].Losses.ShouldHaveSingleItem();
        (told.Id, told.AcknowledgedIndex).ShouldBe((follower.Id, acknowledged));
        follower.Replica.Status.AppliedIndex.ShouldBe(leader.Replica!.Status.AppliedIndex);
        cluster.MustHaveKeptItsWord();
    }
}
