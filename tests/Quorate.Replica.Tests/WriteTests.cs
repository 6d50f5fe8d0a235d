using Quorate.Replica.Tests.World;
using Quorate.Simulation;

namespace Quorate.Replica.Tests;

/// <summary>What a client hears of a write, wherever it asks.</summary>
public sealed class WriteTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public void A_write_is_applied_everywhere_and_answered_with_its_result(int members)
    {
        TestCluster cluster = new(members: members);
        SimulatedMember leader = cluster.StartAndElect();
        TestWrite write = cluster.MustWrite(leader);

        write.Outcome!.Value.Result.ShouldBe(2, "it is the second number in the list");
        write.Outcome.Value.Term.ShouldBe(leader.Replica!.Status.Term);
        cluster.World.RunUntil(cluster.HasConverged, TestCluster.Moment).ShouldBeTrue();
        cluster.MustHaveKeptItsWord();
    }

    [Fact]
    public void A_result_is_built_only_where_somebody_waits_for_it()
    {
        TestCluster cluster = new();
        cluster.StartAndElect();
        SimulatedMember follower = cluster.Follower();
        cluster.MustWrite(follower);
        cluster.World.RunUntil(cluster.HasConverged, TestCluster.Moment);

        TestCluster.MachineOf(follower).ResultsBuilt.ShouldBe(1);
        TestCluster.MachineOf(cluster.Follower(1)).ResultsBuilt.ShouldBe(0);
    }

    [Fact]
    public void Without_a_leader_a_write_and_a_read_are_refused_after_a_bounded_wait_W3()
    {
        TestCluster cluster = new();
        cluster.World.Members[0].Start();
        TestWrite write = cluster.Write(cluster.World.Members[0], timeout: TimeSpan.FromHours(1));
        TestRead read = TestCluster.Read(cluster.World.Members[0], timeout: TimeSpan.FromHours(1));
        cluster.World.RunFor(TestCluster.Moment);

        write.Status.ShouldBe(ProposalStatus.NoLeader);
        read.Outcome.ShouldBe(ReadOutcome.NoLeader);
    }

    [Fact]
    public void A_write_that_arrives_before_a_leader_is_elected_waits_for_it()
    {
        TestCluster cluster = new();
        cluster.World.StartAll();
        TestWrite write = cluster.Write(cluster.World.Members[1]);
        cluster.World.RunFor(TestCluster.Moment);

        write.Status.ShouldBe(ProposalStatus.Applied);
    }

    [Fact]
    public void A_command_over_the_limit_is_refused()
    {
        TestCluster cluster = new(configure: options => options with { CommandBytesMax = 1000 });
        SimulatedMember leader = cluster.StartAndElect();
        TestWrite write = cluster.Write(leader, padding: 1000);
        cluster.World.RunFor(TestCluster.Moment);

        write.Status.ShouldBe(ProposalStatus.TooLarge);
    }

    [Fact]
    public void Too_many_waiting_writes_and_reads_are_refused_at_once()
    {
        TestCluster cluster = new(configure: options => options with { PendingProposalsMax = 10, PendingReadsMax = 10 });
        SimulatedMember leader = cluster.StartAndElect();
        TestWrite[] writes = [.. Enumerable.Range(0, 20).Select(_ => cluster.Write(leader))];
        TestRead[] reads = [.. Enumerable.Range(0, 20).Select(_ => TestCluster.Read(leader))];
        cluster.World.RunFor(TestCluster.Moment);

        writes.Count(write => write.Status == ProposalStatus.Applied).ShouldBe(10);
        writes.Count(write => write.Status == ProposalStatus.Overloaded).ShouldBe(10);
        reads.Count(read => read.Outcome == ReadOutcome.Ready).ShouldBe(10);
        reads.Count(read => read.Outcome == ReadOutcome.Overloaded).ShouldBe(10);
        cluster.MustHaveKeptItsWord();
    }

    [Fact]
    public void Many_writes_share_few_flushes()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        long before = leader.Replica!.Counters.BatchesFlushed;
        long flushesBefore = leader.Disk.FlushCount;
        cluster.MustWriteMany(leader, 1000);

        (leader.Disk.FlushCount - flushesBefore).ShouldBeLessThan(20);
        leader.Replica.Counters.BatchesFlushed.ShouldBeGreaterThan(before);
        leader.Replica.Counters.BytesWritten.ShouldBeGreaterThan(24 * 1000);
        leader.Replica.Counters.FlushTime.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Fact]
    public void A_batch_is_counted_once_however_often_the_log_was_handed_something_for_it()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        cluster.MustWriteMany(leader, 1);
        (SimulatedMember Member, long Batches, long Flushes, long Bytes)[] before =
        [
            .. cluster.World.Members.Select(member =>
                (member, member.Replica!.Counters.BatchesFlushed, member.Disk.FlushCount, member.Replica.Counters.BytesWritten)),
        ];

        // Several come while the first is being flushed, and are handed to the log one after the other.
        for (int i = 0; i < 20; i++)
        {
            cluster.Write(leader);
            cluster.World.RunFor(TimeSpan.FromMicroseconds(100));
        }

        cluster.World.RunFor(TestCluster.Moment);

        foreach ((SimulatedMember member, long batches, long flushes, long bytes) in before)
        {
            (member.Replica!.Counters.BatchesFlushed - batches).ShouldBe(member.Disk.FlushCount - flushes);
            (member.Replica.Counters.BytesWritten - bytes).ShouldBeGreaterThanOrEqualTo(20 * 16);
        }

        cluster.MustHaveKeptItsWord();
    }

    [Fact]
    public void A_write_whose_entry_another_leader_overwrote_is_reported_as_superseded_as_soon_as_that_is_certain()
    {
        TestCluster cluster = new();
        SimulatedMember old = cluster.StartAndElect();
        cluster.World.Network.Isolate(old.Id);
        TestWrite write = cluster.Write(old, timeout: TimeSpan.FromMinutes(5));
        cluster.World.RunUntil(() => cluster.World.Leader() is { } leader && leader != old, TestCluster.Patience).ShouldBeTrue();
        cluster.MustWrite(cluster.World.Leader()!);
        write.Outcome.ShouldBeNull("nothing is certain yet");
        cluster.World.Network.Heal();
        cluster.World.RunFor(TestCluster.Moment);

        write.Status.ShouldBe(ProposalStatus.Superseded);
        cluster.MustHaveKeptItsWord();
    }

    [Fact]
    public void A_completion_may_propose_again()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        int done = 0;
        void Next(TestWrite before)
        {
            before.Status.ShouldBe(ProposalStatus.Applied);
            if (++done < 20)
            {
                cluster.Write(leader).Then = Next;
            }
        }

        cluster.Write(leader).Then = Next;
        cluster.World.RunFor(TestCluster.Moment);
        done.ShouldBe(20);
    }

    [Fact]
    public void Applying_much_at_once_keeps_the_heartbeats_going()
    {
        TestCluster cluster = new(configure: options => options with { ApplyEntriesMax = 10 });
        SimulatedMember leader = cluster.StartAndElect();
        long term = leader.Replica!.Status.Term;
        cluster.MustWriteMany(leader, 5000);

        cluster.World.RunFor(TestCluster.Moment);
        leader.Replica.Status.Term.ShouldBe(term);
        cluster.MustHaveKeptItsWord();
    }
}
