using Quorate.Raft.Messages;
using static Quorate.Raft.Tests.Sections.SingleServer;

namespace Quorate.Raft.Tests.Sections;

/// <summary>Thesis §9.6 and §4.2.3: nobody disturbs a healthy leader (spec E4).</summary>
public sealed class Thesis9_6_PreVote
{
    [Fact]
    public void A_would_be_candidate_asks_without_raising_its_term()
    {
        var server = new SingleServer(log: [1, 2]);
        server.TickUntilPreCandidate();

        RaftOutput output = server.Take();

        server.Node.CurrentTerm.ShouldBe(2);
        output.MustWrite.ShouldBeFalse();
        output.Messages.Cast<RequestPreVote>().ShouldAllBe(request => request.Term == 3 && request.LastLog == At(2, 2));
    }

    [Fact]
    public void Cut_off_for_long_a_server_comes_back_in_its_old_term()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1);

        server.Tick(500);

        server.Node.CurrentTerm.ShouldBe(1);
        server.Node.ElectionsStarted.ShouldBe(0);
    }

    [Fact]
    public void Asking_for_a_pre_vote_changes_nothing_at_the_voter()
    {
        var server = new SingleServer(hardState: new HardState(2, MemberId.None));

        server.Node.Step(PreVote(3, 9, LogPosition.Start));
        RaftOutput output = server.Take();

        output.MustWrite.ShouldBeFalse();
        server.Node.CurrentTerm.ShouldBe(2);
        RequestPreVoteReply reply = output.Messages.ShouldHaveSingleItem().ShouldBeOfType<RequestPreVoteReply>();
        reply.VoteGranted.ShouldBeTrue();
        reply.Term.ShouldBe(9);
    }

    [Fact]
    public void Who_hears_a_leader_refuses_pre_votes_and_is_deaf_to_votes_of_newer_terms()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1);

        server.Receive(PreVote(3, 2, At(5, 5)));
        server.Receive(server.AsksVote(3, 7, At(5, 5)));

        RequestPreVoteReply reply = server.Sent.ShouldHaveSingleItem().ShouldBeOfType<RequestPreVoteReply>();
        reply.VoteGranted.ShouldBeFalse();
        reply.Term.ShouldBe(1);
        server.Node.CurrentTerm.ShouldBe(1);
    }

    [Fact]
    public void Who_has_not_heard_the_leader_for_an_election_timeout_grants()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1);
        for (int i = 0; i < ElectionTimeoutTicks; i++)
        {
            server.Node.Tick();
        }

        server.Receive(PreVote(3, 2, LogPosition.Start));

        server.TakeSent<RequestPreVoteReply>().ShouldHaveSingleItem().VoteGranted.ShouldBeTrue();
    }

    [Fact]
    public void A_leader_refuses_pre_votes_as_long_as_it_leads()
    {
        SingleServer server = new SingleServer().BecomeLeader();
        server.Sent.Clear();

        server.Receive(PreVote(3, 2, At(9, 9)));
        server.Receive(server.AsksVote(3, 2, At(9, 9)));

        server.Sent.ShouldHaveSingleItem().ShouldBeOfType<RequestPreVoteReply>().VoteGranted.ShouldBeFalse();
        server.Node.Role.ShouldBe(Role.Leader);
    }

    [Fact]
    public void The_former_leader_itself_may_stand_again()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1);

        server.Receive(PreVote(2, 2, LogPosition.Start));

        server.TakeSent<RequestPreVoteReply>().ShouldHaveSingleItem().VoteGranted.ShouldBeTrue();
    }

    [Fact]
    public void A_pre_vote_of_a_stale_log_is_refused()
    {
        var server = new SingleServer(log: [1, 1]);

        server.Receive(PreVote(3, 5, At(1, 1)));

        server.TakeSent<RequestPreVoteReply>().ShouldHaveSingleItem().VoteGranted.ShouldBeFalse();
    }

    [Fact]
    public void A_refusal_of_a_newer_term_is_learnt_from()
    {
        var server = new SingleServer();
        server.TickUntilPreCandidate();
        server.Settle();

        server.Receive(new RequestPreVoteReply { From = Member(2), To = Member(1), Term = 6, VoteGranted = false });

        server.Node.Role.ShouldBe(Role.Follower);
        server.Node.CurrentTerm.ShouldBe(6);
    }

    [Fact]
    public void A_majority_of_refusals_ends_the_attempt_in_the_same_term()
    {
        var server = new SingleServer();
        server.TickUntilPreCandidate();
        server.Settle();

        server.Receive(new RequestPreVoteReply { From = Member(2), To = Member(1), Term = 0, VoteGranted = false });
        server.Receive(new RequestPreVoteReply { From = Member(3), To = Member(1), Term = 0, VoteGranted = false });

        server.Node.Role.ShouldBe(Role.Follower);
        server.Node.CurrentTerm.ShouldBe(0);
    }

    [Fact]
    public void Grants_of_another_term_than_asked_about_do_not_count()
    {
        var server = new SingleServer(log: [3]);
        server.TickUntilPreCandidate();
        server.Settle();

        server.Receive(new RequestPreVoteReply { From = Member(2), To = Member(1), Term = 3, VoteGranted = true });
        server.Receive(new RequestPreVoteReply { From = Member(3), To = Member(1), Term = 5, VoteGranted = true });

        server.Node.Role.ShouldBe(Role.PreCandidate);
        server.Node.CurrentTerm.ShouldBe(3);
    }

    private static RequestPreVote PreVote(int candidate, long term, LogPosition last) =>
        new() { From = Member(candidate), To = Member(1), Term = term, LastLog = last };
}
