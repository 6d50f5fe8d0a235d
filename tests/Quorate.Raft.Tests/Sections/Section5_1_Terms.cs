using Quorate.Raft.Messages;
using static Quorate.Raft.Tests.Sections.SingleServer;

namespace Quorate.Raft.Tests.Sections;

/// <summary>Paper §5.1: terms act as a logical clock (spec R1, R3, R4, R5).</summary>
public sealed class Section5_1_Terms
{
    [Fact]
    public void A_fresh_server_is_a_follower_in_term_zero_that_voted_for_nobody()
    {
        var server = new SingleServer();

        server.Node.Role.ShouldBe(Role.Follower);
        server.Node.CurrentTerm.ShouldBe(0);
        server.Node.VotedFor.ShouldBe(MemberId.None);
        server.Take().IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [InlineData(Role.Follower)]
    [InlineData(Role.PreCandidate)]
    [InlineData(Role.Candidate)]
    [InlineData(Role.Leader)]
    public void A_newer_term_makes_a_follower_of_any_role(Role role)
    {
        SingleServer server = InRole(role);
        long term = server.Node.CurrentTerm + 5;

        server.Receive(server.Append(2, term, LogPosition.Start));

        server.Node.Role.ShouldBe(Role.Follower);
        server.Node.CurrentTerm.ShouldBe(term);
        server.Node.LeaderId.ShouldBe(Member(2));
        server.Node.VotedFor.ShouldBe(MemberId.None);
    }

    [Fact]
    public void Requests_of_an_older_term_are_refused_with_the_newer_one()
    {
        var server = new SingleServer(hardState: new HardState(4, MemberId.None));

        server.Receive(server.Append(2, 3, LogPosition.Start, 0, 3));
        server.Receive(server.AsksVote(2, 3, At(9, 9)));

        server.Sent.ShouldAllBe(message => message.Term == 4);
        server.Sent.OfType<AppendEntriesReply>().ShouldHaveSingleItem().Success.ShouldBeFalse();
        server.Sent.OfType<RequestVoteReply>().ShouldHaveSingleItem().VoteGranted.ShouldBeFalse();
        server.Node.LastLog.ShouldBe(LogPosition.Start);
        server.Node.LeaderId.ShouldBe(MemberId.None);
    }

    [Fact]
    public void Answers_of_an_older_term_are_ignored()
    {
        SingleServer server = new SingleServer().BecomeLeader();
        AppendEntriesReply stale = server.Accepts(2, At(1, 1), 1) with { Term = 0 };

        server.Receive(stale);

        server.Node.CommitIndex.ShouldBe(0);
        server.Follower(2).MatchIndex.ShouldBe(0);
        server.Follower(2).IsActive.ShouldBeFalse();
    }

    [Fact]
    public void No_message_tells_a_term_before_it_is_on_disk()
    {
        var server = new SingleServer();

        server.Node.Step(server.Append(2, 3, LogPosition.Start));
        RaftOutput output = server.Take();

        output.Messages.ShouldBeEmpty();
        output.HardState.ShouldBe(new HardState(3, MemberId.None));
        output.MessagesOnceDurable.ShouldHaveSingleItem().Term.ShouldBe(3);
    }

    [Fact]
    public void While_the_term_is_being_written_later_messages_wait_too()
    {
        var server = new SingleServer();
        server.Node.Step(server.Append(2, 3, LogPosition.Start));
        server.Take();

        server.Node.Step(server.Append(2, 3, LogPosition.Start));
        RaftOutput second = server.Take();
        server.Flush();
        server.Node.Step(server.Append(2, 3, LogPosition.Start));
        RaftOutput third = server.Take();

        second.MustWrite.ShouldBeFalse();
        third.Messages.ShouldHaveSingleItem();
        server.Sent.Count.ShouldBe(3);
    }

    [Fact]
    public void Stepping_down_within_a_term_keeps_the_vote()
    {
        SingleServer server = new SingleServer().BecomeCandidate();
        server.Settle();

        server.Receive(server.Append(2, server.Node.CurrentTerm, LogPosition.Start));

        server.Node.Role.ShouldBe(Role.Follower);
        server.Node.VotedFor.ShouldBe(Member(1));
    }

    [Fact]
    public void Term_and_vote_are_written_as_one_and_survive_a_restart()
    {
        var server = new SingleServer();
        server.Node.Step(server.AsksVote(2, 6, LogPosition.Start));

        HardState? written = server.Take().HardState;
        var restarted = new SingleServer(hardState: written);
        restarted.Receive(restarted.AsksVote(3, 6, LogPosition.Start));
        restarted.Receive(restarted.AsksVote(2, 6, LogPosition.Start));

        written.ShouldBe(new HardState(6, Member(2)));
        restarted.Sent.Cast<RequestVoteReply>().Select(reply => (reply.To, reply.VoteGranted))
            .ShouldBe([(Member(3), false), (Member(2), true)]);
    }

    [Fact]
    public void Two_leaders_in_a_term_stop_the_server()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 3);

        Should.Throw<RaftInvariantException>(() => server.Heartbeat(3, 3)).Message.ShouldContain("election safety");
    }

    private static SingleServer InRole(Role role)
    {
        var server = new SingleServer();
        switch (role)
        {
            case Role.PreCandidate:
                server.TickUntilPreCandidate();
                break;
            case Role.Candidate:
                server.BecomeCandidate();
                break;
            case Role.Leader:
                server.BecomeLeader();
                break;
        }

        server.Node.Role.ShouldBe(role);
        server.Settle();
        return server;
    }
}
