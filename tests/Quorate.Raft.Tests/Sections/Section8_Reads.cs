using Quorate.Raft.Messages;
using static Quorate.Raft.Tests.Sections.SingleServer;

namespace Quorate.Raft.Tests.Sections;

/// <summary>Paper §8 and thesis §6.4: linearizable reads without the log (spec G2).</summary>
public sealed class Section8_Reads
{
    [Fact]
    public void A_read_is_confirmed_once_a_majority_answers_a_round_begun_after_it()
    {
        SingleServer server = CommittedLeader();
        server.Node.RequestRead(7);
        server.Settle();
        AppendEntries round = server.TakeSent<AppendEntries>().First();

        int before = server.Reads.Count;
        server.Receive(server.Accepts(2, round.Previous, 1, round.ReadRound - 1));
        int afterOlderRound = server.Reads.Count;
        server.Receive(server.Accepts(2, round.Previous, 1, round.ReadRound));

        before.ShouldBe(0);
        afterOlderRound.ShouldBe(0);
        server.Reads.ShouldBe([new ReadResult(7, ReadStatus.Confirmed, 1)]);
    }

    [Fact]
    public void One_round_serves_all_reads_that_came_before_it_and_later_ones_get_the_next()
    {
        SingleServer server = CommittedLeader();
        server.Node.RequestRead(1);
        server.Node.RequestRead(2);
        server.Settle();
        AppendEntries first = server.TakeSent<AppendEntries>().First();
        server.Node.RequestRead(3);
        server.Settle();
        List<AppendEntries> whileOut = server.TakeSent<AppendEntries>();

        server.Receive(server.Accepts(2, first.Previous, 1, first.ReadRound));
        List<long> served = [.. server.Reads.Select(read => read.ReadId)];
        AppendEntries second = server.TakeSent<AppendEntries>().First();
        server.Receive(server.Accepts(3, second.Previous, 1, second.ReadRound));

        whileOut.ShouldBeEmpty();
        served.ShouldBe([1L, 2L]);
        second.ReadRound.ShouldBeGreaterThan(first.ReadRound);
        server.Reads.Select(read => read.ReadId).ShouldBe([1L, 2L, 3L]);
    }

    [Fact]
    public void Reads_wait_until_an_entry_of_the_leaders_term_is_committed()
    {
        SingleServer server = new SingleServer(log: [1]).BecomeLeader();
        server.Node.RequestRead(1);
        server.Settle();
        server.Sent.Clear();

        server.Receive(server.Accepts(2, At(1, 1), 1, readRound: 99));
        int before = server.Reads.Count;
        server.AcceptsAll(2);
        AppendEntries round = server.TakeSent<AppendEntries>().Last();
        server.Receive(server.Accepts(3, round.Previous, 0, round.ReadRound));

        before.ShouldBe(0);
        server.Reads.ShouldBe([new ReadResult(1, ReadStatus.Confirmed, 2)]);
    }

    [Fact]
    public void A_cluster_of_one_confirms_at_once()
    {
        SingleServer server = new SingleServer(voters: 1).BecomeLeader();

        server.Node.RequestRead(5);
        server.Settle();

        server.Reads.ShouldBe([new ReadResult(5, ReadStatus.Confirmed, 1)]);
    }

    [Fact]
    public void A_leader_that_steps_down_refuses_the_reads_that_wait()
    {
        SingleServer server = CommittedLeader();
        server.Node.RequestRead(1);
        server.Settle();
        server.Node.RequestRead(2);

        server.Tick(3 * ElectionTimeoutTicks);

        server.Node.Role.ShouldNotBe(Role.Leader);
        server.Reads.ShouldBe([new ReadResult(1, ReadStatus.NoLeader, 0), new ReadResult(2, ReadStatus.NoLeader, 0)]);
    }

    [Fact]
    public void Without_a_known_leader_a_read_is_refused_at_once()
    {
        var server = new SingleServer();

        server.Node.RequestRead(1);
        server.Settle();

        server.Reads.ShouldBe([new ReadResult(1, ReadStatus.NoLeader, 0)]);
    }

    [Fact]
    public void Reads_beyond_the_limit_are_refused_at_once()
    {
        SingleServer server = CommittedLeader(options => options with { WaitingReadsMax = 2 });

        for (int read = 1; read <= 3; read++)
        {
            server.Node.RequestRead(read);
        }

        server.Settle();
        server.Reads.ShouldBe([new ReadResult(3, ReadStatus.Overloaded, 0)]);
    }

    [Fact]
    public void A_follower_has_the_leader_confirm_all_its_reads_with_one_request()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1);
        server.Node.RequestRead(1);
        server.Node.RequestRead(2);
        server.Settle();
        ReadIndexRequest request = server.TakeSent<ReadIndexRequest>().ShouldHaveSingleItem();
        server.Node.RequestRead(3);

        server.Receive(Answer(request, 40));

        server.Reads.ShouldBe([new ReadResult(1, ReadStatus.Confirmed, 40), new ReadResult(2, ReadStatus.Confirmed, 40)]);
        server.TakeSent<ReadIndexRequest>().ShouldHaveSingleItem().RequestId.ShouldNotBe(request.RequestId);
    }

    [Fact]
    public void A_late_answer_to_an_earlier_request_confirms_nothing()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1);
        server.Node.RequestRead(1);
        server.Settle();
        ReadIndexRequest first = server.TakeSent<ReadIndexRequest>().Single();
        server.Receive(Answer(first, 40));
        server.Node.RequestRead(2);
        server.Settle();

        server.Receive(Answer(first, 40));

        server.Reads.ShouldHaveSingleItem().ReadId.ShouldBe(1);
    }

    [Fact]
    public void An_unanswered_request_is_repeated_and_given_up_after_an_election_timeout()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1);
        server.Node.RequestRead(1);
        server.Settle();
        for (int i = 0; i < ElectionTimeoutTicks; i++)
        {
            server.Heartbeat(2, 1);
            server.Tick();
        }

        server.TakeSent<ReadIndexRequest>().Count.ShouldBe(ElectionTimeoutTicks);
        server.Reads.ShouldBe([new ReadResult(1, ReadStatus.NoLeader, 0)]);
    }

    [Fact]
    public void A_new_term_refuses_what_was_asked_of_the_old_leader()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1);
        server.Node.RequestRead(1);
        server.Settle();

        server.Receive(server.Append(3, 2, LogPosition.Start));

        server.Reads.ShouldBe([new ReadResult(1, ReadStatus.NoLeader, 0)]);
    }

    [Fact]
    public void A_leader_answers_a_followers_request_once_confirmed_and_a_repeated_one_once()
    {
        SingleServer server = CommittedLeader();
        var request = new ReadIndexRequest { From = Member(3), To = Member(1), Term = 1, RequestId = 12 };

        server.Receive(request);
        server.Receive(request);
        AppendEntries round = server.TakeSent<AppendEntries>().First();
        server.Receive(server.Accepts(2, round.Previous, 1, round.ReadRound));

        ReadIndexReply reply = server.TakeSent<ReadIndexReply>().ShouldHaveSingleItem();
        reply.ShouldBe(new ReadIndexReply { From = Member(1), To = Member(3), Term = 1, RequestId = 12, Status = ReadStatus.Confirmed, Index = 1 });
    }

    [Fact]
    public void Who_does_not_lead_says_so_to_a_follower_that_asks()
    {
        var server = new SingleServer();

        server.Receive(new ReadIndexRequest { From = Member(3), To = Member(1), Term = 0, RequestId = 12 });

        server.TakeSent<ReadIndexReply>().ShouldHaveSingleItem().Status.ShouldBe(ReadStatus.NoLeader);
    }

    [Fact]
    public void A_learners_answer_confirms_no_round()
    {
        SingleServer server = new SingleServer(voters: 3, learners: 1).BecomeLeader();
        server.AcceptsAll(2);
        server.Node.RequestRead(1);
        server.Settle();
        AppendEntries round = server.TakeSent<AppendEntries>().Last();

        server.Receive(server.Accepts(4, round.Previous, 1, round.ReadRound));

        server.Reads.ShouldBeEmpty();
    }

    private static SingleServer CommittedLeader(Func<RaftOptions, RaftOptions>? configure = null)
    {
        SingleServer server = new SingleServer(configure: configure).BecomeLeader();
        server.AcceptsAll(2);
        server.AcceptsAll(3);
        server.Node.CommitIndex.ShouldBe(1);
        server.Sent.Clear();
        return server;
    }

    private static ReadIndexReply Answer(ReadIndexRequest request, long index) => new()
    {
        From = request.To,
        To = request.From,
        Term = request.Term,
        RequestId = request.RequestId,
        Status = ReadStatus.Confirmed,
        Index = index,
    };
}
