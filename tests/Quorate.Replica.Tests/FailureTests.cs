using Quorate.Replica.Tests.World;
using Quorate.Simulation;
using Quorate.Simulation.Disk;

namespace Quorate.Replica.Tests;

/// <summary>What fails stops a member, or harms nothing.</summary>
public sealed class FailureTests
{
    [Theory]
    [InlineData(DiskOperation.Flush)]
    [InlineData(DiskOperation.Write)]
    public void A_disk_that_fails_stops_the_member_which_promises_nothing_more_S4(DiskOperation operation)
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        leader.Disk.FailNext(operation);
        TestWrite write = cluster.Write(leader);
        cluster.World.RunUntil(() => leader.HasFailed, TestCluster.Moment).ShouldBeTrue();
        cluster.World.RunFor(TestCluster.Moment);

        cluster.Listeners[(int)leader.Id.Value - 1].Failures.Count.ShouldBe(1);
        leader.Replica!.Status.Failure.ShouldNotBeNull();
        write.Status.ShouldBe(ProposalStatus.Unknown, "the others may have it and commit it");
        TestWrite next = cluster.Write(leader);
        TestRead read = TestCluster.Read(leader);
        cluster.World.RunFor(TestCluster.Moment);
        next.Status.ShouldBe(ProposalStatus.Stopping);
        read.Outcome.ShouldBe(ReadOutcome.Stopping);

        SimulatedMember other = cluster.Elect();
        other.ShouldNotBe(leader);
        leader.Kill();
        leader.Start();
        cluster.World.RunFor(TestCluster.Moment);
        cluster.MustHaveKeptItsWord();
    }

    [Fact]
    public void A_state_machine_that_throws_stops_the_member()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        SimulatedMember follower = cluster.Follower();
        TestCluster.MachineOf(follower).Poison = 2;
        cluster.MustWrite(leader).Written.ShouldBe(2UL);
        cluster.World.RunFor(TestCluster.Moment);

        follower.Replica!.Status.Failure.ShouldNotBeNull().ShouldContain("cannot be applied");
        cluster.MustWrite(leader);
    }

    [Fact]
    public void Stopping_answers_everything_that_waits()
    {
        TestCluster cluster = new();
        cluster.World.Members[0].Start();
        ReplicaNode replica = cluster.World.Members[0].Replica!;
        TestWrite write = cluster.Write(cluster.World.Members[0]);
        TestRead read = TestCluster.Read(cluster.World.Members[0]);
        TestRead bounded = TestCluster.Read(cluster.World.Members[0], ReadConsistency.Bounded, token: 10);
        replica.Stop();

        write.Status.ShouldBe(ProposalStatus.Stopping);
        read.Outcome.ShouldBe(ReadOutcome.Stopping);
        bounded.Outcome.ShouldBe(ReadOutcome.Stopping);
    }

    [Fact]
    public void Damaged_frames_are_counted_and_harm_nothing()
    {
        TestCluster cluster = new();
        int count = 0;
        cluster.World.Network.Filter = (_, _, frame) =>
        {
            if (++count % 5 == 0 && System.Runtime.InteropServices.MemoryMarshal.TryGetArray(frame, out ArraySegment<byte> bytes))
            {
                bytes.Array![count % bytes.Count] ^= 1;
            }

            return true;
        };
        SimulatedMember leader = cluster.StartAndElect();
        cluster.MustWriteMany(leader, 100);
        cluster.World.RunFor(TestCluster.Moment);

        leader.Replica!.Counters.FramesRefused.ShouldBeGreaterThan(0);
        cluster.MustHaveKeptItsWord();
    }
}
