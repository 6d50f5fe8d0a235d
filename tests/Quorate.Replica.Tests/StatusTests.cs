using Quorate.Raft;
using Quorate.Replica.Tests.World;
using Quorate.Simulation;

namespace Quorate.Replica.Tests;

/// <summary>What a member shows to others is at most a tick old, and costs nothing while nothing happens.</summary>
public class StatusTests
{
    [Fact]
    public void A_follower_to_whom_nothing_happens_shows_the_same_picture_tick_after_tick()
    {
        TestCluster cluster = new();
        cluster.StartAndElect();
        cluster.World.RunFor(20 * cluster.World.Options.TickInterval);
        SimulatedMember follower = cluster.Follower();

        ReplicaStatus before = follower.Replica!.Status;
        cluster.World.RunFor(20 * cluster.World.Options.TickInterval);
        follower.Replica.Status.ShouldBeSameAs(before);
    }

    [Fact]
    public void What_a_member_has_appended_committed_and_applied_shows_within_two_ticks()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        TestWrite write = cluster.MustWrite(leader);
        cluster.World.RunUntil(cluster.HasConverged, TestCluster.Moment).ShouldBeTrue();
        cluster.World.RunFor(2 * cluster.World.Options.TickInterval);

        foreach (SimulatedMember member in cluster.World.Members)
        {
            ReplicaStatus status = member.Replica!.Status;
            status.LastIndex.ShouldBe(write.Outcome!.Value.Index);
            status.CommitIndex.ShouldBe(write.Outcome.Value.Index);
            status.AppliedIndex.ShouldBe(write.Outcome.Value.Index);
            status.Followers.Length.ShouldBe(member == leader ? cluster.World.Members.Count - 1 : 0);
        }
    }

    [Fact]
    public void A_status_is_one_line_of_a_log()
    {
        ReplicaStatus follower = new()
        {
            Id = new MemberId(0xa),
            Role = Role.Follower,
            Term = 5,
            LeaderId = new MemberId(0xb),
            LastIndex = 14,
            CommitIndex = 13,
            AppliedIndex = 12,
            SnapshotIndex = 0,
            Configuration = new Configuration([new MemberId(0xa), new MemberId(0xb)]),
        };

        follower.ToString().ShouldBe("member a: Follower in term 5, leader b, last index 14, committed 13, applied 12");
        (follower with { Role = Role.Leader, LeaderId = follower.Id }).ToString().ShouldBe("member a: Leader in term 5, last index 14, committed 13, applied 12");
        (follower with { LeaderId = MemberId.None, Failure = "the disk\nfailed" }).ToString()
            .ShouldBe("member a: Follower in term 5, no leader, last index 14, committed 13, applied 12, stopped for good: the disk failed");
    }
}
