using Quorate.Raft;
using Quorate.Replica.Tests.World;
using Quorate.Simulation;
using Quorate.Simulation.Disk;

namespace Quorate.Replica.Tests;

/// <summary>Whole clusters of replicas in the simulated world.</summary>
public sealed class ClusterTests
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
    public void A_follower_that_may_not_forward_says_that_it_does_not_lead_W1()
    {
        TestCluster cluster = new();
        cluster.StartAndElect();
        TestWrite write = cluster.Write(cluster.Follower(), mayForward: false);
        cluster.World.RunFor(TestCluster.Moment);

        write.Status.ShouldBe(ProposalStatus.NotLeader);
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

    [Fact]
    public void A_restarted_cluster_has_everything_it_acknowledged_S3()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        cluster.MustWriteMany(leader, 300);
        foreach (SimulatedMember member in cluster.World.Members)
        {
            member.Crash();
        }

        cluster.StartAndElect();
        cluster.MustHaveKeptItsWord();
        cluster.World.Members.ShouldAllBe(member => TestCluster.MachineOf(member).Numbers.Count >= 301);
    }

    [Fact]
    public void A_restart_takes_no_more_of_the_log_into_memory_than_a_running_member_keeps()
    {
        const int Kept = 10;
        TestCluster cluster = new(configure: options => options with { SnapshotEveryEntries = 200, TrailingEntriesKept = Kept });
        SimulatedMember leader = cluster.StartAndElect();
        cluster.MustWriteMany(leader, 250);
        cluster.World.RunFor(TestCluster.Moment);
        SimulatedMember member = cluster.Follower();
        member.Crash();
        member.Start();

        // On disk is all of it yet: the segment holds what came before the snapshot too.
        long snapshot = member.Replica!.Algorithm.Snapshot!.LastIncluded.Index;
        snapshot.ShouldBeGreaterThan(Kept);
        member.Replica.Algorithm.Log.FirstIndex.ShouldBe(snapshot - Kept + 1);
    }

    [Fact]
    public void A_restart_applies_nothing_twice_over_its_snapshot_C5()
    {
        TestCluster cluster = new(configure: options => options with { SnapshotEveryEntries = 50, TrailingEntriesKept = 10 });
        SimulatedMember leader = cluster.StartAndElect();
        cluster.MustWriteMany(leader, 120);
        cluster.MustWriteMany(leader, 120);
        cluster.World.RunFor(TestCluster.Moment);
        SimulatedMember member = cluster.Follower();
        cluster.Listeners[(int)member.Id.Value - 1].SnapshotsTaken.ShouldBeGreaterThan(0);
        member.Crash();
        member.Start();
        TestCluster.MachineOf(member).Numbers.ShouldNotBeEmpty("the snapshot is loaded before anything else");
        cluster.World.RunFor(TestCluster.Moment);

        cluster.MustHaveKeptItsWord();
    }

    [Fact]
    public void A_follower_far_behind_gets_the_snapshot_and_goes_on_from_there_S2()
    {
        TestCluster cluster = new(configure: options => options with
        {
            SnapshotEveryEntries = 50,
            TrailingEntriesKept = 10,
            LaggingBytesKept = 100,
            ConfigureRaft = raft => raft with { SnapshotChunkBytesMax = 300 },
        });
        SimulatedMember leader = cluster.StartAndElect();
        SimulatedMember follower = cluster.Follower();
        follower.Crash();
        for (int i = 0; i < 10; i++)
        {
            cluster.MustWriteMany(leader, 60);
        }

        follower.Start();
        cluster.World.RunFor(TimeSpan.FromSeconds(5));
        cluster.Listeners[(int)follower.Id.Value - 1].SnapshotsInstalled.ShouldBeGreaterThan(0);
        follower.Replica!.Counters.SnapshotsInstalled.ShouldBeGreaterThan(0);
        cluster.MustWrite(follower);
        cluster.MustHaveKeptItsWord();

        follower.Crash();
        follower.Start();
        cluster.World.RunFor(TimeSpan.FromSeconds(5));
        cluster.MustHaveKeptItsWord();
    }

    [Fact]
    public void A_snapshot_transfer_survives_the_crash_of_its_receiver_and_loss_on_the_way_S2()
    {
        TestCluster cluster = new(seed: 7, configure: options => options with
        {
            SnapshotEveryEntries = 200,
            TrailingEntriesKept = 0,
            LaggingBytesKept = 100,
            ConfigureRaft = raft => raft with { SnapshotChunkBytesMax = 200 },
        });
        SimulatedMember leader = cluster.StartAndElect();
        SimulatedMember follower = cluster.Follower();
        follower.Crash();
        cluster.MustWriteMany(leader, 1000);
        cluster.World.Network.Conditions = new NetworkConditions { LossPerMille = 100, RepeatPerMille = 100, HoldUpPerMille = 50 };
        for (int i = 0; i < 5; i++)
        {
            follower.Start();
            cluster.World.RunFor(TimeSpan.FromMilliseconds(400));
            follower.Crash();
        }

        follower.Start();
        cluster.World.Network.Conditions = NetworkConditions.Calm;
        cluster.World.RunFor(TimeSpan.FromSeconds(10));
        follower.Replica!.Status.AppliedIndex.ShouldBeGreaterThan(1000);
        cluster.MustHaveKeptItsWord();
    }

    [Fact]
    public void The_log_on_disk_is_cut_once_a_snapshot_holds_it_S1()
    {
        TestCluster cluster = new(configure: options => options with
        {
            SnapshotEveryEntries = 1_000_000,
            SnapshotEveryLogBytes = 100_000,
            TrailingEntriesKept = 1_000_000,
            TrailingBytesKept = 50_000,
        });
        SimulatedMember leader = cluster.StartAndElect();
        for (int i = 0; i < 40; i++)
        {
            cluster.MustWriteMany(leader, 25, padding: 2000);
        }

        cluster.World.RunFor(TestCluster.Moment);
        leader.Replica!.Counters.SnapshotsTaken.ShouldBeGreaterThan(5);
        leader.Replica.Status.LogBytes.ShouldBeLessThan(800_000, "two million bytes were written");
        leader.Replica.Status.SnapshotIndex.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void The_log_in_memory_is_cut_without_a_snapshot_and_a_restart_finds_it_whole_on_disk_C5()
    {
        TestCluster cluster = new(configure: options => WithoutSnapshots(options) with
        {
            TrailingBytesKept = 50_000,
        });
        SimulatedMember leader = cluster.StartAndElect();
        for (int i = 0; i < 40; i++)
        {
            cluster.MustWriteMany(leader, 25, padding: 2000);
        }

        cluster.World.RunFor(TestCluster.Moment);
        foreach (SimulatedMember member in cluster.World.Members)
        {
            RaftLog log = member.Replica!.Algorithm.Log;
            (log.LastIndex - log.FirstIndex).ShouldBeInRange(20, 35, "25 entries of 2,000 bytes");
            member.Replica.Counters.SnapshotsTaken.ShouldBe(0);
            member.Crash();
        }

        cluster.StartAndElect();
        cluster.MustHaveKeptItsWord();
    }

    [Theory]
    [InlineData(1_000_000, 0)]
    [InlineData(50_000, 1)]
    public void A_follower_that_lags_gets_entries_as_far_as_the_memory_goes_and_else_a_snapshot_S2(long laggingBytesKept, int snapshots)
    {
        TestCluster cluster = new(configure: options => WithoutSnapshots(options) with
        {
            TrailingBytesKept = 10_000,
            LaggingBytesKept = laggingBytesKept,
        });
        SimulatedMember leader = cluster.StartAndElect();
        SimulatedMember follower = cluster.Follower();
        follower.Crash();
        for (int i = 0; i < 4; i++)
        {
            cluster.MustWriteMany(leader, 25, padding: 2000);
        }

        follower.Start();
        cluster.World.RunFor(TimeSpan.FromSeconds(5));

        follower.Replica!.Counters.SnapshotsInstalled.ShouldBe(snapshots);
        leader.Replica!.Counters.SnapshotsTaken.ShouldBe(snapshots);
        cluster.MustHaveKeptItsWord();
        for (int i = 0; i < 25; i++)
        {
            cluster.MustWriteMany(leader, 1, padding: 2000);
        }

        RaftLog log = leader.Replica.Algorithm.Log;
        (log.LastIndex - log.FirstIndex).ShouldBeLessThan(10, "nobody lags any more");
    }

    [Fact]
    public void Small_entries_do_not_pile_up_in_memory_for_a_follower_that_is_away()
    {
        TestCluster cluster = new(configure: options => WithoutSnapshots(options) with
        {
            TrailingEntriesKept = 10,
            LaggingBytesKept = 64 * 128,
        });
        SimulatedMember leader = cluster.StartAndElect();
        cluster.Follower().Crash();
        for (int i = 0; i < 40; i++)
        {
            cluster.MustWriteMany(leader, 5);
        }

        RaftLog log = leader.Replica!.Algorithm.Log;
        (log.LastIndex - log.FirstIndex).ShouldBeInRange(60, 80);
    }

    [Fact]
    public void A_snapshot_is_taken_on_request()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        cluster.MustWrite(leader);
        leader.OnLoop(leader.Replica!.RequestSnapshot);
        cluster.World.RunFor(TestCluster.Moment);

        leader.Replica.Counters.SnapshotsTaken.ShouldBe(1);
        leader.Replica.Status.SnapshotIndex.ShouldBe(leader.Replica.Status.AppliedIndex);
    }

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

    /// <summary>None is taken but for a follower that lags, or on request.</summary>
    private static ReplicaOptions WithoutSnapshots(ReplicaOptions options) =>
        options with { SnapshotEveryEntries = 1_000_000, SnapshotEveryLogBytes = 100_000_000 };
}
