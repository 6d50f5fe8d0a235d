using Quorate.Raft.Messages;
using static Quorate.Raft.Tests.Sections.SingleServer;

namespace Quorate.Raft.Tests.Sections;

/// <summary>Paper §5.3 and thesis §10.2: the sender of entries (spec L5, L6, L7).</summary>
public sealed class Section5_3_Pipelining
{
    [Fact]
    public void A_follower_acknowledges_no_more_than_its_host_lets_it_and_the_rest_with_a_later_heartbeat()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 3);
        server.Node.AcknowledgedIndexMax = 2;
        server.Receive(server.Append(2, 3, LogPosition.Start, 0, 3, 3, 3));
        server.Receive(server.Append(2, 3, new LogPosition(3, 3), 0));
        server.Node.AcknowledgedIndexMax = long.MaxValue;
        server.Receive(server.Append(2, 3, new LogPosition(3, 3), 0));

        server.Sent.OfType<AppendEntriesReply>().Select(reply => (reply.Success, reply.MatchIndex)).ShouldBe([(true, 2L), (true, 2L), (true, 3L)]);
    }

    [Fact]
    public void Proposals_of_one_batch_travel_in_one_message()
    {
        SingleServer server = Replicating();

        Propose(server, 10);
        server.Take();

        server.TakeSent<AppendEntries>().Where(message => message.To == Member(2)).ShouldHaveSingleItem().Entries.Length.ShouldBe(10);
    }

    [Fact]
    public void Entries_leave_before_the_leader_has_them_on_its_own_disk()
    {
        SingleServer server = Replicating();

        Propose(server, 1);
        RaftOutput output = server.Take();

        output.Messages.OfType<AppendEntries>().Count().ShouldBe(2);
        output.MustWrite.ShouldBeTrue();
        server.Node.DurableIndex.ShouldBe(1);
    }

    [Fact]
    public void Messages_in_flight_are_bounded_and_an_answer_lets_more_out()
    {
        SingleServer server = Replicating(options => options with { MessageEntriesMax = 2, InflightMessagesMax = 3 });

        Propose(server, 20);
        server.Settle();
        List<AppendEntries> first = [.. server.TakeSent<AppendEntries>().Where(message => message.To == Member(2))];
        server.Receive(server.Accepts(2, first[0].Previous, 3));

        first.Select(message => message.Entries.Length).ShouldBe([2, 2, 2]);
        server.TakeSent<AppendEntries>().ShouldHaveSingleItem().Previous.Index.ShouldBe(7);
    }

    [Fact]
    public void Bytes_in_flight_are_bounded()
    {
        SingleServer server = Replicating(options => options with { MessageBytesMax = 40, InflightBytesMax = 100 });

        Propose(server, 50, bytes: 10);
        server.Settle();

        server.TakeSent<AppendEntries>().Where(message => message.To == Member(2)).Sum(message => message.Entries.Length).ShouldBe(10);
    }

    [Fact]
    public void An_entry_larger_than_every_limit_travels_alone()
    {
        SingleServer server = Replicating(options => options with { MessageBytesMax = 40, InflightBytesMax = 100 });

        Propose(server, 1, bytes: 1000);
        Propose(server, 1, bytes: 10);
        server.Settle();

        server.TakeSent<AppendEntries>().Where(message => message.To == Member(2)).ShouldHaveSingleItem().Entries.Length.ShouldBe(1);
    }

    [Fact]
    public void A_lost_message_is_found_by_the_next_heartbeat_and_sent_again()
    {
        SingleServer server = Replicating();
        Propose(server, 3);
        server.Settle();
        server.Sent.Clear();

        server.Tick();
        AppendEntries heartbeat = server.TakeSent<AppendEntries>().First(message => message.To == Member(2));
        server.Receive(server.Refuses(2, heartbeat.Previous, At(1, 1)));

        heartbeat.Entries.Length.ShouldBe(0);
        heartbeat.Previous.ShouldBe(At(1, 4));
        AppendEntries again = server.TakeSent<AppendEntries>().ShouldHaveSingleItem();
        again.Previous.ShouldBe(At(1, 1));
        again.Entries.Length.ShouldBe(3);
    }

    [Fact]
    public void What_a_follower_has_acknowledged_is_never_taken_back()
    {
        SingleServer server = Replicating();
        Propose(server, 3);
        server.Settle();
        server.Receive(server.Accepts(2, At(1, 1), 4));
        server.Sent.Clear();

        server.Receive(server.Accepts(2, At(1, 1), 2));
        server.Receive(server.Refuses(2, At(1, 4), At(1, 1)));
        server.Receive(server.Refuses(2, At(1, 1), LogPosition.Start));

        server.Follower(2).ShouldBe(new FollowerProgress(Member(2), 4, 5, ProgressMode.Replicate, true, Losses: 0));
        server.TakeSent<AppendEntries>().ShouldBeEmpty();
    }

    [Fact]
    public void A_follower_that_has_lost_what_it_acknowledged_is_found_by_its_answers_to_what_was_sent_afterwards_and_is_sent_it_again()
    {
        SingleServer server = Replicating();
        Propose(server, 3);
        server.Settle();
        server.Receive(server.Accepts(2, At(1, 1), 4));
        AppendEntriesReply refusal = server.Refuses(2, At(1, 4), At(1, 2));

        server.Receive(refusal);
        server.Tick(SingleServer.ElectionTimeoutTicks / 2);
        long round = server.TakeSent<AppendEntries>().Last(message => message.To == Member(2)).ReadRound;
        server.Receive(refusal);
        server.Losses.ShouldBeEmpty("as far as anybody can tell these are answers from before the acknowledgement");
        server.Follower(2).MatchIndex.ShouldBe(4);

        server.Receive(refusal with { ReadRound = round });

        server.Losses.ShouldBe([new FollowerLoss(Member(2), 4, 2)]);
        server.Follower(2).ShouldBe(new FollowerProgress(Member(2), 0, 3, ProgressMode.Probe, true, Losses: 1));
        AppendEntries again = server.TakeSent<AppendEntries>().ShouldHaveSingleItem();
        (again.Previous, again.Entries.Length).ShouldBe((At(1, 2), 2));
        server.Receive(server.Accepts(2, At(1, 2), 4));
        server.Follower(2).MatchIndex.ShouldBe(4);
    }

    [Fact]
    public void A_late_refusal_of_what_was_acknowledged_after_the_suspicion_proves_nothing()
    {
        SingleServer server = Replicating();
        Propose(server, 3);
        server.Settle();
        server.Receive(server.Accepts(2, At(1, 1), 4));
        server.Receive(server.Refuses(2, At(1, 4), At(1, 2)));
        server.Tick(SingleServer.ElectionTimeoutTicks / 2);
        long round = server.TakeSent<AppendEntries>().Last(message => message.To == Member(2)).ReadRound;
        Propose(server, 3);
        server.Settle();
        server.Receive(server.Accepts(2, At(1, 4), 7));

        server.Receive(server.Refuses(2, At(1, 6), At(1, 5)) with { ReadRound = round });

        server.Losses.ShouldBeEmpty("the message that it refused may have been sent before it had the entry");
        server.Follower(2).MatchIndex.ShouldBe(7);
    }

    [Fact]
    public void A_repeated_refusal_moves_a_probe_once()
    {
        SingleServer server = new SingleServer(log: [1, 1, 1, 1, 1]).BecomeLeader();
        AppendEntriesReply refusal = server.Refuses(2, At(1, 5), At(1, 2));
        server.Sent.Clear();

        server.Receive(refusal);
        server.Receive(refusal);
        server.Receive(refusal);

        server.TakeSent<AppendEntries>().ShouldHaveSingleItem().Previous.ShouldBe(At(1, 2));
        server.Follower(2).NextIndex.ShouldBe(3);
    }

    [Fact]
    public void A_dead_follower_costs_a_heartbeat_an_interval_and_no_entries()
    {
        SingleServer server = new SingleServer().BecomeLeader();
        server.AcceptsAll(2);
        Propose(server, 100);
        server.Settle();
        server.AcceptsAll(2);
        server.Sent.Clear();

        for (int i = 0; i < 5; i++)
        {
            server.Tick();
        }

        List<AppendEntries> toDead = [.. server.TakeSent<AppendEntries>().Where(message => message.To == Member(3))];
        toDead.Count.ShouldBe(5);
        toDead.ShouldAllBe(message => message.Entries.IsEmpty);
        server.Node.CommitIndex.ShouldBe(101);
    }

    [Fact]
    public void A_follower_that_is_back_is_sent_what_it_lacks_after_one_heartbeat()
    {
        SingleServer server = new SingleServer().BecomeLeader();
        Propose(server, 5);
        server.Settle();
        server.Sent.Clear();
        server.Tick();
        AppendEntries heartbeat = server.TakeSent<AppendEntries>().First(message => message.To == Member(3));

        server.Receive(server.Accepts(3, heartbeat.Previous, 0));

        server.TakeSent<AppendEntries>().ShouldHaveSingleItem().Entries.Length.ShouldBe(6);
    }

    [Fact]
    public void Followers_learn_the_commit_index_without_waiting_for_a_heartbeat()
    {
        SingleServer server = Replicating();
        Propose(server, 1);
        server.Settle();
        server.Sent.Clear();

        server.AcceptsAll(2);

        AppendEntries notice = server.TakeSent<AppendEntries>().ShouldHaveSingleItem();
        notice.To.ShouldBe(Member(2));
        notice.CommitIndex.ShouldBe(2);
        notice.Entries.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Proposals_beyond_the_uncommitted_bytes_are_refused_until_some_commit()
    {
        SingleServer server = Replicating(options => options with { UncommittedBytesMax = 100 });

        ProposeStatus[] statuses = [.. Enumerable.Range(0, 3).Select(_ => server.Node.Propose(new byte[40]).Status)];
        server.Settle();
        server.AcceptsAll(2);

        statuses.ShouldBe([ProposeStatus.Accepted, ProposeStatus.Accepted, ProposeStatus.Overloaded]);
        server.Node.Propose(new byte[100]).Status.ShouldBe(ProposeStatus.Accepted);
    }

    [Fact]
    public void Only_a_leader_takes_proposals() =>
        new SingleServer().Node.Propose(new byte[1]).Status.ShouldBe(ProposeStatus.NotLeader);

    private static SingleServer Replicating(Func<RaftOptions, RaftOptions>? configure = null)
    {
        SingleServer server = new SingleServer(configure: configure).BecomeLeader();
        server.AcceptsAll(2);
        server.AcceptsAll(3);
        server.Sent.Clear();
        return server;
    }

    private static void Propose(SingleServer server, int count, int bytes = 1)
    {
        for (int i = 0; i < count; i++)
        {
            server.Node.Propose(new byte[bytes]).Status.ShouldBe(ProposeStatus.Accepted);
        }
    }
}
