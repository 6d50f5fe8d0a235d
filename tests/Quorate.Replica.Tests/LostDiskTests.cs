using Quorate.Replica.Tests.World;
using Quorate.Simulation;
using Quorate.Simulation.Disk;

namespace Quorate.Replica.Tests;

/// <summary>
/// A member that comes back with an empty disk under its old name has forgotten its votes and the entries it
/// acknowledged (bugs in the wild: "a removed member comes back with its id and an empty disk").
/// </summary>
public sealed class LostDiskTests
{
    [Fact]
    public void A_member_that_lost_its_disk_does_not_elect_a_leader_that_lacks_what_is_committed()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        SimulatedMember behind = cluster.Follower(0);
        SimulatedMember lost = cluster.Follower(1);

        // One follower misses what leader and the other have committed; then the leader is gone and the other's disk too.
        behind.Crash();
        cluster.MustWriteMany(leader, 10);
        leader.Crash();
        lost.Crash();
        lost.Disk.Replace();
        behind.Start();
        lost.Start();

        cluster.World.RunFor(TestCluster.Patience);
        cluster.World.Leader().ShouldBeNull("two members without the committed entries are no majority to be trusted");
        lost.HasFailed.ShouldBeTrue();

        leader.Start();
        cluster.Elect();
        cluster.World.RunUntil(
            () => TestCluster.MachineOf(behind).Hash == TestCluster.MachineOf(leader).Hash, TestCluster.Patience).ShouldBeTrue();
        cluster.Writes.ShouldAllBe(write => TestCluster.MachineOf(behind).Numbers.Contains(write.Written));
    }

    [Fact]
    public void A_member_that_lost_its_disk_says_so_and_ends_and_the_others_go_on()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        SimulatedMember lost = cluster.Follower();
        cluster.MustWriteMany(leader, 10);
        lost.Crash();
        lost.Disk.Replace();
        lost.Start();

        cluster.World.RunUntil(() => lost.HasFailed, TestCluster.Patience).ShouldBeTrue();
        lost.Replica!.Status.Failure.ShouldNotBeNull().ShouldContain("the cluster knows it by an earlier one");
        cluster.Listeners[(int)lost.Id.Value - 1].Refusals.ShouldContain(FrameRefusal.ReplacedDataFolder);
        cluster.MustWriteMany(cluster.World.Leader()!, 10);
    }

    [Fact]
    public void What_a_member_without_its_disk_says_is_not_heard()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        SimulatedMember lost = cluster.Follower();
        lost.Crash();
        lost.Disk.Replace();

        // It hears nobody, so that it does not learn what happened, and speaks.
        foreach (SimulatedMember member in cluster.World.Members)
        {
            cluster.World.Network.Cut(member.Id, lost.Id);
        }

        lost.Start();
        cluster.World.RunFor(TestCluster.Patience);
        lost.HasFailed.ShouldBeFalse();
        foreach (SimulatedMember member in cluster.World.Members.Where(member => member.Id != lost.Id))
        {
            cluster.Listeners[(int)member.Id.Value - 1].Refusals.ShouldContain(FrameRefusal.OtherDataFolder);
        }

        cluster.World.Leader()!.Id.ShouldBe(leader.Id);
    }

    [Fact]
    public void Two_that_lost_their_disks_and_found_a_cluster_do_not_take_in_the_one_that_did_not()
    {
        TestCluster cluster = new();
        SimulatedMember kept = cluster.StartAndElect();
        cluster.MustWriteMany(kept, 10);
        SimulatedMember[] lost = [.. cluster.World.Members.Where(member => member.Id != kept.Id)];
        foreach (SimulatedMember member in cluster.World.Members)
        {
            member.Crash();
        }

        // What is still on its way is gone.
        cluster.World.RunFor(TestCluster.Moment);
        foreach (SimulatedMember member in lost)
        {
            member.Disk.Replace();
            member.Start();
        }

        // They cannot know; what they take in is theirs.
        cluster.World.RunUntil(() => cluster.World.Leader() is not null, TestCluster.Patience).ShouldBeTrue();
        long term = cluster.World.Leader()!.Replica!.Status.Term;
        kept.Start();
        cluster.World.RunFor(TestCluster.Patience);
        kept.HasFailed.ShouldBeFalse();
        lost.ShouldAllBe(member => !member.HasFailed);
        cluster.Listeners[(int)lost[0].Id.Value - 1].Refusals.ShouldContain(FrameRefusal.ReplacedDataFolder);
        cluster.World.Leader()!.Replica!.Status.Term.ShouldBe(term, "nobody is disturbed");
    }

    [Fact]
    public void Who_came_with_which_data_folder_outlives_a_crash_at_any_event()
    {
        for (int crashAt = 1; crashAt < 400; crashAt += 3)
        {
            TestCluster cluster = new(seed: (ulong)crashAt);
            cluster.World.StartAll();
            int events = 0;
            cluster.World.AfterEvent = () =>
            {
                events++;
                if (events == crashAt)
                {
                    foreach (SimulatedMember member in cluster.World.Members)
                    {
                        member.Crash();
                    }
                }
            };
            cluster.World.RunUntil(() => events >= crashAt, TestCluster.Patience);
            cluster.World.StartAll();
            cluster.Elect();
            cluster.MustHaveKeptItsWord();
        }
    }

    [Fact]
    public void A_list_of_peers_that_cannot_be_written_stops_the_member()
    {
        TestCluster cluster = new();
        cluster.World.StartAll();
        SimulatedMember member = cluster.World.Members[0];
        member.Disk.FailNext(DiskOperation.Flush, "peers");

        cluster.World.RunUntil(() => member.HasFailed, TestCluster.Patience).ShouldBeTrue();
        member.Replica!.Status.Failure.ShouldNotBeNull().ShouldContain("peers");
        cluster.World.RunUntil(() => cluster.World.Leader() is { } leader && leader.Id != member.Id, TestCluster.Patience).ShouldBeTrue();
    }
}
