using Quorate.Raft.Messages;
using static Quorate.Raft.Tests.Sections.SingleServer;

namespace Quorate.Raft.Tests.Sections;

/// <summary>Paper §5.2: leader election (spec E1, E3, E5, R2, R4).</summary>
public sealed class Section5_2_LeaderElection
{
    [Fact]
    public void Election_timeouts_are_drawn_anew_from_T_to_2T()
    {
        var server = new SingleServer();

        List<int> timeouts = [.. Enumerable.Range(0, 200).Select(_ => server.TickUntilPreCandidate())];

        timeouts.Distinct().Order().ShouldBe(Enumerable.Range(ElectionTimeoutTicks, ElectionTimeoutTicks));
    }

    [Fact]
    public void A_candidate_raises_its_term_votes_for_itself_and_asks_all_voters()
    {
        SingleServer server = new SingleServer(voters: 5, learners: 1, log: [1, 1]).BecomeCandidate();
        server.Sent.Clear();

        server.Settle();

        server.Node.CurrentTerm.ShouldBe(2);
        server.Node.VotedFor.ShouldBe(Member(1));
        List<RequestVote> requests = server.TakeSent<RequestVote>();
        requests.Select(request => request.To).ShouldBe([Member(2), Member(3), Member(4), Member(5)]);
        requests.ShouldAllBe(request => request.Term == 2 && request.LastLog == At(1, 2) && !request.LeadershipTransfer);
    }

    [Fact]
    public void A_candidate_asks_for_nothing_before_its_own_vote_is_on_disk()
    {
        SingleServer server = new SingleServer().BecomeCandidate();

        RaftOutput output = server.Take();

        output.Messages.OfType<RequestVote>().ShouldBeEmpty();
        output.HardState.ShouldBe(new HardState(1, Member(1)));
        output.MessagesOnceDurable.Count.ShouldBe(2);
    }

    [Fact]
    public void The_only_voter_waits_for_nobody_but_its_own_disk()
    {
        var server = new SingleServer(voters: 1, learners: 1);

        server.Node.Tick();
        server.Take();
        server.Node.Role.ShouldBe(Role.Candidate);

        server.Flush();
        server.Node.Role.ShouldBe(Role.Leader);
    }

    [Fact]
    public void A_candidates_own_vote_counts_only_once_it_is_on_disk()
    {
        SingleServer server = new SingleServer().BecomeCandidate();
        server.Take();

        server.GrantVote(Member(2));
        Role before = server.Node.Role;
        server.Flush();

        before.ShouldBe(Role.Candidate);
        server.Node.Role.ShouldBe(Role.Leader);
    }

    [Fact]
    public void A_cluster_of_one_elects_itself_once_its_vote_is_on_disk()
    {
        var server = new SingleServer(voters: 1);
        server.TickUntilPreCandidate();
        server.Take();

        Role before = server.Node.Role;
        server.Flush();

        before.ShouldBe(Role.Candidate);
        server.Node.Role.ShouldBe(Role.Leader);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(5, 2)]
    [InlineData(7, 3)]
    public void A_candidate_leads_with_the_vote_that_makes_a_majority_and_not_before(int voters, int othersNeeded)
    {
        SingleServer server = new SingleServer(voters).BecomeCandidate();
        server.Settle();

        for (int vote = 0; vote < othersNeeded; vote++)
        {
            server.Node.Role.ShouldBe(Role.Candidate);
            server.GrantVote(Member(2));
            server.GrantVote(Member(2 + vote));
        }

        server.Node.Role.ShouldBe(Role.Leader);
    }

    [Fact]
    public void A_candidate_that_a_majority_refuses_follows()
    {
        SingleServer server = new SingleServer().BecomeCandidate();
        server.Settle();

        foreach (int voter in new[] { 2, 3 })
        {
            server.Receive(new RequestVoteReply { From = Member(voter), To = Member(1), Term = 1, VoteGranted = false });
        }

        server.Node.Role.ShouldBe(Role.Follower);
        server.Node.CurrentTerm.ShouldBe(1);
    }

    [Fact]
    public void A_candidate_follows_a_leader_of_its_own_term()
    {
        SingleServer server = new SingleServer().BecomeCandidate();
        server.Settle();

        server.Receive(server.Append(3, 1, LogPosition.Start));

        server.Node.Role.ShouldBe(Role.Follower);
        server.Node.LeaderId.ShouldBe(Member(3));
    }

    [Fact]
    public void Votes_of_learners_and_of_strangers_do_not_count()
    {
        SingleServer server = new SingleServer(voters: 3, learners: 2).BecomeCandidate();
        server.Settle();

        server.GrantVote(Member(4));
        server.GrantVote(Member(5));
        server.GrantVote(Member(77));

        server.Node.Role.ShouldBe(Role.Candidate);
    }

    [Fact]
    public void A_voter_votes_once_a_term_and_again_for_the_same_candidate()
    {
        var server = new SingleServer();

        foreach (int candidate in new[] { 2, 3, 2 })
        {
            server.Receive(server.AsksVote(candidate, 1, LogPosition.Start));
        }

        server.Sent.Cast<RequestVoteReply>().Select(reply => reply.VoteGranted).ShouldBe([true, false, true]);
    }

    [Fact]
    public void A_vote_leaves_only_once_it_is_on_disk()
    {
        var server = new SingleServer(hardState: new HardState(1, MemberId.None));

        server.Node.Step(server.AsksVote(2, 1, LogPosition.Start));
        RaftOutput output = server.Take();

        output.Messages.ShouldBeEmpty();
        output.HardState.ShouldBe(new HardState(1, Member(2)));
        output.MessagesOnceDurable.ShouldHaveSingleItem().ShouldBeOfType<RequestVoteReply>().VoteGranted.ShouldBeTrue();
    }

    [Fact]
    public void A_refused_candidate_does_not_hold_up_the_voters_own_election()
    {
        var patient = new SingleServer(log: [1]);
        var disturbed = new SingleServer(log: [1]);

        int undisturbedTicks = patient.TickUntilPreCandidate();
        int ticks = 0;
        while (disturbed.Node.PreVotesStarted == 0 && ticks < 100)
        {
            disturbed.Node.Step(disturbed.AsksVote(2, 2 + ticks, LogPosition.Start));
            disturbed.Node.Tick();
            ticks++;
        }

        ticks.ShouldBe(undisturbedTicks);
    }

    [Fact]
    public void An_election_without_result_is_tried_again_in_a_new_term()
    {
        SingleServer server = new SingleServer().BecomeCandidate();
        server.Settle();

        server.BecomeCandidate();
        server.Settle();

        server.Node.Role.ShouldBe(Role.Candidate);
        server.Node.CurrentTerm.ShouldBe(2);
    }

    [Fact]
    public void Leader_traffic_keeps_followers_from_standing()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1);

        for (int i = 0; i < 20; i++)
        {
            server.Heartbeat(2, 1);
            server.Tick(ElectionTimeoutTicks - 1);
        }

        server.Node.PreVotesStarted.ShouldBe(0);
        server.Node.LeaderId.ShouldBe(Member(2));
    }

    [Fact]
    public void A_learner_never_stands()
    {
        var configuration = new Configuration([Member(2), Member(3)], [Member(1)]);
        var server = new SingleServer(configuration: configuration);

        server.Tick(200);

        server.Node.Role.ShouldBe(Role.Learner);
        server.Node.PreVotesStarted.ShouldBe(0);
        server.Sent.ShouldBeEmpty();
    }

    [Fact]
    public void A_leader_that_no_majority_answers_steps_down()
    {
        SingleServer server = new SingleServer(voters: 5).BecomeLeader();
        server.Tick(ElectionTimeoutTicks - 1);
        server.AcceptsAll(2);

        server.Tick();

        server.Node.Role.ShouldBe(Role.Follower);
        server.Node.LeaderId.ShouldBe(MemberId.None);
        server.Node.CurrentTerm.ShouldBe(1);
    }

    [Fact]
    public void A_leader_that_a_majority_answers_stays()
    {
        SingleServer server = new SingleServer(voters: 5).BecomeLeader();

        for (int i = 0; i < 5 * ElectionTimeoutTicks; i++)
        {
            server.AcceptsAll(2);
            server.AcceptsAll(4);
            server.Tick();
        }

        server.Node.Role.ShouldBe(Role.Leader);
    }

    [Fact]
    public void A_leader_whose_disk_hangs_steps_down_though_it_is_answered()
    {
        SingleServer server = new SingleServer().BecomeLeader();
        server.AcceptsAll(2);
        server.Node.Propose(new byte[1]);
        server.Take();

        for (int i = 0; i < ElectionTimeoutTicks; i++)
        {
            server.Node.Step(server.Accepts(2, At(1, 1), 1));
            server.Node.Step(server.Accepts(3, At(1, 1), 1));
            server.Node.Tick();
        }

        server.Node.Role.ShouldBe(Role.Follower);
    }

    [Fact]
    public void A_server_whose_disk_hangs_does_not_stand()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1);
        server.Node.Step(server.Append(2, 1, LogPosition.Start, 0, 1));
        server.Take();

        for (int i = 0; i < 5 * ElectionTimeoutTicks; i++)
        {
            server.Node.Tick();
        }

        server.Node.PreVotesStarted.ShouldBe(0);
        server.Flush();
        server.TickUntilPreCandidate();
    }
}
