using Quorate.Raft.Messages;
using static Quorate.Raft.Tests.Sections.SingleServer;

namespace Quorate.Raft.Tests.Sections;

/// <summary>Paper §5.3: the receiver of entries (spec L1 to L4, L6, L7, C3).</summary>
public sealed class Section5_3_LogReplication
{
    [Fact]
    public void A_follower_without_the_previous_entry_refuses_and_names_its_last()
    {
        var server = new SingleServer(log: [1, 1]);

        server.Receive(server.Append(2, 2, At(2, 9), 0, 2));

        AppendEntriesReply reply = server.TakeSent<AppendEntriesReply>().ShouldHaveSingleItem();
        reply.Success.ShouldBeFalse();
        reply.Previous.ShouldBe(At(2, 9));
        reply.Conflict.ShouldBe(At(1, 2));
        server.Node.LastLog.ShouldBe(At(1, 2));
    }

    [Fact]
    public void A_refusal_skips_all_entries_of_later_terms_than_the_leaders()
    {
        var server = new SingleServer(log: [1, 1, 3, 3, 3, 4]);

        server.Receive(server.Append(2, 5, At(2, 5), 0, 5));

        server.TakeSent<AppendEntriesReply>().ShouldHaveSingleItem().Conflict.ShouldBe(At(1, 2));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(2000)]
    public void Round_trips_to_find_a_lagging_follower_grow_with_divergent_terms_not_with_entries(int entriesPerTerm)
    {
        long[] Terms(params long[] terms) => [.. terms.SelectMany(term => Enumerable.Repeat(term, entriesPerTerm))];
        SingleServer leader = new SingleServer(voters: 3, log: Terms(1, 4, 6, 8)).BecomeLeader();
        var follower = new SingleServer(voters: 3, log: Terms(1, 2, 3, 5, 7));
        int roundTrips = 0;

        AppendEntries request = leader.TakeSent<AppendEntries>().First(message => message.To == Member(3));
        while (true)
        {
            roundTrips++;
            follower.Receive(request with { From = Member(2), To = Member(1) });
            AppendEntriesReply reply = follower.TakeSent<AppendEntriesReply>().Single();
            leader.Receive(reply with { From = Member(3), To = Member(1) });
            if (reply.Success)
            {
                break;
            }

            request = leader.TakeSent<AppendEntries>().First(message => message.To == Member(3));
        }

        roundTrips.ShouldBeLessThanOrEqualTo(5);
        leader.Follower(3).Mode.ShouldBe(ProgressMode.Replicate);
    }

    [Fact]
    public void A_follower_cuts_its_log_from_the_first_conflict_on()
    {
        var server = new SingleServer(log: [1, 1, 2, 2]);

        server.Receive(server.Append(2, 3, At(1, 1), 0, 1, 3));

        server.Node.LastLog.ShouldBe(At(3, 3));
        server.Node.Log.TermAt(2).ShouldBe(1);
    }

    [Fact]
    public void A_delayed_older_message_cuts_nothing()
    {
        var server = new SingleServer();
        AppendEntries older = server.Append(2, 1, LogPosition.Start, 0, 1);
        server.Receive(server.Append(2, 1, LogPosition.Start, 0, 1, 1, 1));
        server.Sent.Clear();

        server.Receive(older);

        server.Node.LastLog.ShouldBe(At(1, 3));
        server.TakeSent<AppendEntriesReply>().ShouldHaveSingleItem().MatchIndex.ShouldBe(1);
    }

    [Fact]
    public void Only_what_replaces_or_follows_is_written()
    {
        var server = new SingleServer(log: [1, 1, 2, 2]);

        server.Node.Step(server.Append(2, 3, At(1, 1), 0, 1, 3, 3));
        RaftOutput output = server.Take();

        output.Entries.SelectMany(part => part.ToArray()).Select(entry => entry.Position).ShouldBe([At(3, 3), At(3, 4)]);
        output.Mark.ShouldBe(new WriteMark(new HardState(3, MemberId.None), At(3, 4)));
    }

    [Fact]
    public void Entries_are_acknowledged_only_once_they_are_on_disk()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1);

        server.Node.Step(server.Append(2, 1, LogPosition.Start, 0, 1, 1));
        server.Take();
        int before = server.Sent.Count;
        server.Flush();

        before.ShouldBe(0);
        server.TakeSent<AppendEntriesReply>().ShouldHaveSingleItem().MatchIndex.ShouldBe(2);
    }

    [Fact]
    public void A_heartbeat_is_answered_at_once_with_no_more_than_is_on_disk()
    {
        SingleServer server = new SingleServer(log: [1]).BecomeFollowerOf(2, 1);
        server.Node.Step(server.Append(2, 1, At(1, 1), 0, 1, 1));
        server.Take();

        server.Node.Step(server.Append(2, 1, At(1, 3), 0));
        server.Take();

        AppendEntriesReply reply = server.TakeSent<AppendEntriesReply>().ShouldHaveSingleItem();
        reply.Success.ShouldBeTrue();
        reply.MatchIndex.ShouldBe(1);
    }

    [Fact]
    public void A_repeated_message_is_acknowledged_again_without_being_written_again()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1);
        AppendEntries message = server.Append(2, 1, LogPosition.Start, 0, 1, 1);
        server.Receive(message);
        server.Sent.Clear();

        server.Node.Step(message);
        RaftOutput output = server.Take();

        output.MustWrite.ShouldBeFalse();
        output.Messages.ShouldHaveSingleItem().ShouldBeOfType<AppendEntriesReply>().MatchIndex.ShouldBe(2);
    }

    /// <summary>Entry 1/2 is overwritten and comes back while its first write is still on its way (A-B-A).</summary>
    [Fact]
    public void The_completion_of_a_write_does_not_vouch_for_an_entry_that_was_replaced_and_came_back()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1);
        server.Node.Step(server.Append(2, 1, LogPosition.Start, 0, 1, 1));
        server.Take();
        server.Node.Step(server.Append(3, 2, At(1, 1), 0, 2));
        server.Take();
        server.Node.Step(server.Append(2, 3, At(1, 1), 0, 1));
        server.Take();

        server.Flush();
        long afterFirst = server.Node.DurableIndex;
        server.Flush();
        long afterSecond = server.Node.DurableIndex;
        server.Flush();

        server.Node.LastLog.ShouldBe(At(1, 2));
        afterFirst.ShouldBe(1);
        afterSecond.ShouldBe(1);
        server.Node.DurableIndex.ShouldBe(2);
    }

    [Fact]
    public void An_acknowledgement_that_has_not_left_when_its_entries_are_replaced_never_leaves()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1);

        server.Node.Step(server.Append(2, 1, LogPosition.Start, 0, 1, 1));
        server.Node.Step(server.Append(3, 2, At(1, 1), 0, 2));
        server.Node.Step(server.Append(3, 2, LogPosition.Start, 0, 2));
        server.Settle();

        server.TakeSent<AppendEntriesReply>().ShouldAllBe(reply => reply.Term == 2);
    }

    [Fact]
    public void A_write_that_was_never_asked_for_cannot_complete()
    {
        var server = new SingleServer(log: [1]);

        Should.Throw<InvalidOperationException>(() => server.Node.Written(new WriteMark(new HardState(1, MemberId.None), At(1, 1))));
    }

    [Fact]
    public void A_view_of_entries_stays_what_it_was_when_the_log_is_cut()
    {
        SingleServer server = new SingleServer(log: [1, 1, 1]).BecomeFollowerOf(2, 1);
        ReadOnlyMemory<Entry> view = server.Node.Log.Slice(1, 3);

        server.Receive(server.Append(3, 2, At(1, 1), 0, 2, 2));

        view.ToArray().Select(entry => entry.Term).ShouldBe([1L, 1L, 1L]);
        server.Node.Log.Slice(1, 3).ToArray().Select(entry => entry.Term).ShouldBe([1L, 2L, 2L]);
    }

    [Fact]
    public void Entries_that_do_not_follow_each_other_are_not_stored()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1);
        AppendEntries malformed = server.Append(2, 1, LogPosition.Start) with { Entries = Entries(2, 1) };

        server.Receive(malformed);

        server.Node.LastLog.ShouldBe(LogPosition.Start);
        server.Sent.ShouldBeEmpty();
    }

    [Fact]
    public void A_follower_whose_disk_hangs_gathers_no_endless_answers()
    {
        SingleServer server = new SingleServer(log: [1]).BecomeFollowerOf(2, 1);
        int gathered = 0;
        for (int tick = 0; tick < 1000; tick++)
        {
            // A leader of a term that is not on disk yet: every answer would tell that term, so it waits (spec R3).
            server.Heartbeat(3, 2);
            server.Node.Step(server.Append(3, 2, At(1, 1), 0, 2));
            server.Node.Tick();
            gathered += server.Take().MessagesOnceDurable.Count;
        }

        gathered.ShouldBeLessThan(5 * ElectionTimeoutTicks);
        server.Sent.ShouldBeEmpty();

        // Once the disk works again, so does the follower: the leader asks again.
        server.Settle();
        server.Sent.Clear();
        server.Receive(server.Append(3, 2, At(2, 2)));
        server.TakeSent<AppendEntriesReply>().ShouldHaveSingleItem().MatchIndex.ShouldBe(2);
    }

    [Fact]
    public void A_torn_log_is_not_started_from() =>
        Should.Throw<ArgumentException>(() => new SingleServer(entries: [Entries(1, 1)[0], Entries(3, 1)[0]]));
}
