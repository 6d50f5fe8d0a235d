using Quorate.Raft.Messages;
using static Quorate.Raft.Tests.Sections.SingleServer;

namespace Quorate.Raft.Tests.Sections;

/// <summary>Paper §7, figure 13: compaction, and the sender of snapshots (spec S1, S2).</summary>
public sealed class Section7_LogCompaction
{
    [Fact]
    public void Compaction_keeps_the_tail_that_it_is_told_to_keep()
    {
        SingleServer server = LeaderWith(committed: 10);

        server.Compact(SnapshotAt(1, 8), firstIndexKept: 6);

        server.Node.Log.FirstIndex.ShouldBe(6);
        server.Node.Log.BeforeFirst.ShouldBe(At(1, 5));
        server.Node.Snapshot!.LastIncluded.ShouldBe(At(1, 8));
    }

    [Fact]
    public void A_snapshot_of_more_than_was_applied_is_refused()
    {
        SingleServer server = LeaderWith(committed: 3);

        Should.Throw<ArgumentException>(() => server.Node.SnapshotTaken(SnapshotAt(1, 4)));
    }

    [Fact]
    public void A_follower_whose_next_entry_is_compacted_gets_the_snapshot_a_chunk_at_a_time()
    {
        SingleServer server = LeaderOfLaggard();

        List<InstallSnapshot> first = server.TakeSent<InstallSnapshot>();
        server.Receive(Stored(server, 4));
        List<InstallSnapshot> second = server.TakeSent<InstallSnapshot>();
        server.Receive(Stored(server, 8));
        List<InstallSnapshot> third = server.TakeSent<InstallSnapshot>();

        first.ShouldHaveSingleItem().Offset.ShouldBe(0);
        first[0].ChunkLength.ShouldBe(4);
        second.ShouldHaveSingleItem().Offset.ShouldBe(4);
        third.ShouldHaveSingleItem().Offset.ShouldBe(8);
        third[0].ChunkLength.ShouldBe(2);
        third[0].Done.ShouldBeTrue();
    }

    [Fact]
    public void After_the_installation_the_log_goes_on_behind_the_snapshot()
    {
        SingleServer server = LeaderOfLaggard();
        server.Sent.Clear();

        server.Receive(Installed(server));

        server.Follower(3).MatchIndex.ShouldBe(8);
        AppendEntries next = server.TakeSent<AppendEntries>().ShouldHaveSingleItem();
        next.Previous.ShouldBe(At(1, 8));
        next.Entries.Length.ShouldBe(2);
    }

    [Fact]
    public void A_lost_chunk_is_sent_again_to_a_follower_that_lives()
    {
        SingleServer server = LeaderOfLaggard();
        server.Sent.Clear();

        for (int i = 0; i < 4; i++)
        {
            server.Tick();
            server.Receive(server.Accepts(3, LogPosition.Start, 0));
            server.AcceptsAll(2);
        }

        server.TakeSent<InstallSnapshot>().ShouldNotBeEmpty();
    }

    [Fact]
    public void A_dead_follower_is_not_sent_chunks_again()
    {
        SingleServer server = LeaderOfLaggard();
        server.Sent.Clear();

        for (int i = 0; i < 30; i++)
        {
            server.Tick();
            server.AcceptsAll(2);
        }

        server.Node.Role.ShouldBe(Role.Leader);
        server.TakeSent<InstallSnapshot>().ShouldBeEmpty();
    }

    [Fact]
    public void A_follower_that_lost_its_part_begins_anew_and_one_that_kept_it_goes_on()
    {
        SingleServer server = LeaderOfLaggard();
        server.Receive(Stored(server, 8));
        server.Sent.Clear();

        server.Receive(Stored(server, 0));
        long restarted = server.TakeSent<InstallSnapshot>().ShouldHaveSingleItem().Offset;
        server.Receive(Stored(server, 6));

        restarted.ShouldBe(0);
        server.TakeSent<InstallSnapshot>().ShouldHaveSingleItem().Offset.ShouldBe(6);
    }

    [Fact]
    public void A_repeated_answer_sends_no_chunk_twice()
    {
        SingleServer server = LeaderOfLaggard();
        server.Sent.Clear();

        server.Receive(Stored(server, 4));
        server.Receive(Stored(server, 4));
        server.Receive(Stored(server, 4));

        server.TakeSent<InstallSnapshot>().ShouldHaveSingleItem();
    }

    [Fact]
    public void A_transfer_goes_on_over_a_compaction_that_keeps_the_log_behind_it()
    {
        SingleServer server = LeaderOfLaggard();
        server.Sent.Clear();

        server.Compact(SnapshotAt(1, 9), firstIndexKept: 9);
        server.Receive(Stored(server, 4));

        InstallSnapshot chunk = server.TakeSent<InstallSnapshot>().ShouldHaveSingleItem();
        chunk.Snapshot.LastIncluded.ShouldBe(At(1, 8));
        chunk.Offset.ShouldBe(4);
    }

    [Fact]
    public void A_transfer_whose_snapshot_would_be_of_no_use_any_more_starts_with_the_newest()
    {
        SingleServer server = LeaderOfLaggard();
        server.Sent.Clear();

        server.Compact(SnapshotAt(1, 10), firstIndexKept: 11);
        server.Settle();

        InstallSnapshot chunk = server.TakeSent<InstallSnapshot>().ShouldHaveSingleItem();
        chunk.Snapshot.LastIncluded.ShouldBe(At(1, 10));
        chunk.Offset.ShouldBe(0);
    }

    [Fact]
    public void Others_are_served_while_a_snapshot_is_sent()
    {
        SingleServer server = LeaderOfLaggard();

        server.Node.Propose(new byte[1]).Status.ShouldBe(ProposeStatus.Accepted);
        server.Settle();
        server.AcceptsAll(2);

        server.Node.CommitIndex.ShouldBe(11);
    }

    [Fact]
    public void Applied_entries_may_leave_the_memory_before_a_snapshot_holds_them()
    {
        SingleServer server = LeaderWith(committed: 10);

        server.Node.ForgetBefore(9, 9);

        server.Node.Log.BeforeFirst.ShouldBe(At(1, 8));
        server.Node.Snapshot.ShouldBeNull();
        server.Node.SnapshotTaken(SnapshotAt(1, 6));
        server.Node.Snapshot!.LastIncluded.ShouldBe(At(1, 6));
        server.Node.Log.BeforeFirst.ShouldBe(At(1, 8));
    }

    [Fact]
    public void What_was_not_handed_out_to_be_applied_stays_whatever_is_asked()
    {
        SingleServer server = LeaderWith(committed: 10);
        server.Node.Propose(new byte[1]);
        server.Settle();

        server.Node.ForgetBefore(1_000, 1_000);

        server.Node.Log.FirstIndex.ShouldBe(11);
        server.Node.Log.LastIndex.ShouldBe(11);
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(1, 2)]
    public void What_a_follower_lacks_stays_within_the_limit(long firstForFollowers, long first)
    {
        // Member 2 has ten, member 3 has acknowledged the first.
        SingleServer server = LeaderWith(committed: 10);
        server.Receive(server.Accepts(3, At(1, 1), 1));

        server.Node.ForgetBefore(11, firstForFollowers);

        server.Node.Log.FirstIndex.ShouldBe(first);
        server.Node.WantsSnapshot.ShouldBeFalse();
    }

    [Fact]
    public void A_follower_whose_entries_no_snapshot_reaches_waits_for_one_that_does()
    {
        SingleServer server = LeaderThatForgot();
        bool wantedOne = server.Node.WantsSnapshot;
        List<InstallSnapshot> sentBefore = server.TakeSent<InstallSnapshot>();

        server.Node.SnapshotTaken(SnapshotAt(1, 9));
        server.Settle();

        wantedOne.ShouldBeTrue();
        sentBefore.ShouldBeEmpty();
        server.Node.WantsSnapshot.ShouldBeFalse();
        server.TakeSent<InstallSnapshot>().ShouldHaveSingleItem().Snapshot.LastIncluded.ShouldBe(At(1, 9));
    }

    [Fact]
    public void A_follower_that_waits_for_a_snapshot_is_kept_from_standing_and_confirms_reads()
    {
        SingleServer server = LeaderThatForgot();
        server.Sent.Clear();

        server.Tick();

        AppendEntries heartbeat = server.TakeSent<AppendEntries>().Single(message => message.To == Member(3));
        heartbeat.Previous.ShouldBe(LogPosition.Start);
        heartbeat.Entries.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void What_follows_a_snapshot_on_its_way_stays_until_the_follower_has_it()
    {
        SingleServer server = LeaderOfLaggard();

        server.Node.ForgetBefore(11, 5);

        server.Node.Log.FirstIndex.ShouldBe(9);
        server.Receive(Installed(server));
        server.Receive(server.Accepts(3, At(1, 10), 10));
        server.Node.ForgetBefore(11, 5);
        server.Node.Log.FirstIndex.ShouldBe(11);
    }

    /// <summary>Member 3 has nothing, the snapshot is at 4, and the log in memory begins at 9.</summary>
    private static SingleServer LeaderThatForgot()
    {
        SingleServer server = LeaderWith(committed: 10);
        server.Node.SnapshotTaken(SnapshotAt(1, 4));
        server.Node.ForgetBefore(9, 9);
        server.Sent.Clear();
        server.Receive(server.Refuses(3, LogPosition.Start with { Index = server.Follower(3).NextIndex - 1 }, LogPosition.Start));
        server.Follower(3).Mode.ShouldBe(ProgressMode.Snapshot);
        return server;
    }

    private static SingleServer LeaderWith(int committed)
    {
        SingleServer server = new SingleServer(configure: options => options with { SnapshotChunkBytesMax = 4 }).BecomeLeader();
        server.AcceptsAll(2);
        for (int i = 1; i < committed; i++)
        {
            server.Node.Propose(new byte[1]);
        }

        server.Settle();
        server.AcceptsAll(2);
        server.Node.HandedOutIndex.ShouldBe(committed);
        return server;
    }

    /// <summary>Member 3 has nothing, the log of ten begins after the snapshot at 8, ten bytes long, and the first of its chunks is out.</summary>
    private static SingleServer LeaderOfLaggard()
    {
        SingleServer server = LeaderWith(committed: 10);
        server.Compact(SnapshotAt(1, 8), firstIndexKept: 9);
        server.Sent.Clear();
        server.Receive(server.Refuses(3, LogPosition.Start with { Index = server.Follower(3).NextIndex - 1 }, LogPosition.Start));
        server.Follower(3).Mode.ShouldBe(ProgressMode.Snapshot);
        return server;
    }

    private static InstallSnapshotReply Stored(SingleServer server, long nextOffset) => new()
    {
        From = Member(3),
        To = Member(1),
        Term = server.Node.CurrentTerm,
        LastIncluded = At(1, 8),
        NextOffset = nextOffset,
    };

    private static InstallSnapshotReply Installed(SingleServer server) => Stored(server, 10) with { Installed = true };
}
