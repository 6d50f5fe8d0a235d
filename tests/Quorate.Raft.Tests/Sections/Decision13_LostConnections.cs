using Quorate.Raft.Messages;
using Quorate.Raft.Tests.Harness;
using static Quorate.Raft.Tests.Sections.SingleServer;

namespace Quorate.Raft.Tests.Sections;

/// <summary>
/// docs/decisions/0013: the end of the leader's connection is a hint that it is gone, and no more than that (spec E4).
/// </summary>
public sealed class Decision13_LostConnections
{
    [Fact]
    public void The_first_after_the_leader_asks_for_pre_votes_at_once()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(3, 1); // this is member 1, and the circle goes on after 3

        server.Node.ConnectionLost(Member(3));

        server.Take().Messages.Cast<RequestPreVote>().ShouldAllBe(request => request.Term == 2);
        server.Node.Role.ShouldBe(Role.PreCandidate);
        server.Node.CurrentTerm.ShouldBe(1);
    }

    [Fact]
    public void The_next_waits_for_its_turn_and_protects_the_leader_no_more()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1); // after 2 comes 3, then this one

        server.Node.ConnectionLost(Member(2));
        server.Node.Role.ShouldBe(Role.Follower);
        server.Receive(new RequestPreVote { From = Member(3), To = Member(1), Term = 2, LastLog = LogPosition.Start });
        server.TakeSent<RequestPreVoteReply>().ShouldHaveSingleItem().VoteGranted.ShouldBeTrue();

        server.Tick(2);
        server.Node.Role.ShouldBe(Role.PreCandidate);
    }

    [Fact]
    public void Who_refused_for_the_leaders_sake_and_then_loses_its_connection_grants_after_all()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1);
        server.Receive(new RequestPreVote { From = Member(3), To = Member(1), Term = 2, LastLog = LogPosition.Start });
        server.TakeSent<RequestPreVoteReply>().ShouldHaveSingleItem().VoteGranted.ShouldBeFalse();

        server.Node.ConnectionLost(Member(2));
        server.Take();

        server.TakeSent<RequestPreVoteReply>().ShouldHaveSingleItem().VoteGranted.ShouldBeTrue();
    }

    [Fact]
    public void Who_was_refused_counts_the_grant_that_comes_after_all()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(3, 1);
        server.Node.ConnectionLost(Member(3));
        server.Receive(new RequestPreVoteReply { From = Member(2), To = Member(1), Term = 1, VoteGranted = false });

        server.Receive(new RequestPreVoteReply { From = Member(2), To = Member(1), Term = 2, VoteGranted = true });

        server.Node.Role.ShouldBe(Role.Candidate);
    }

    [Fact]
    public void The_leader_heard_again_is_protected_again()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1);
        server.Node.ConnectionLost(Member(2));
        server.Heartbeat(2, 1);

        server.TakeSent<AppendEntriesReply>();
        server.Receive(new RequestPreVote { From = Member(3), To = Member(1), Term = 2, LastLog = LogPosition.Start });
        server.TakeSent<RequestPreVoteReply>().ShouldHaveSingleItem().VoteGranted.ShouldBeFalse();
        server.Tick(ElectionTimeoutTicks - 1);
        server.Node.Role.ShouldBe(Role.Follower);
    }

    [Fact]
    public void A_lost_connection_of_anybody_but_the_leader_means_nothing()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1);

        server.Node.ConnectionLost(Member(3));
        server.Node.ConnectionLost(MemberId.None);

        server.Tick(ElectionTimeoutTicks - 1);
        server.Node.Role.ShouldBe(Role.Follower);
        server.Node.LeaderId.ShouldBe(Member(2));
    }

    [Fact]
    public void A_leader_leads_on_whoever_loses_its_connection()
    {
        SingleServer server = new SingleServer().BecomeLeader();

        server.Node.ConnectionLost(Member(2));
        server.Node.ConnectionLost(Member(3));

        server.Node.Role.ShouldBe(Role.Leader);
    }

    [Fact]
    public void Refused_it_asks_a_few_times_more_and_then_waits_as_anybody_does()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(3, 1);
        server.Node.ConnectionLost(Member(3));
        long asked = 0;
        int ticks = 0;
        while (ticks < 100) // more than all the hurried attempts take
        {
            if (server.Node.PreVotesStarted > asked)
            {
                asked = server.Node.PreVotesStarted;
                server.Receive(new RequestPreVoteReply { From = Member(2), To = Member(1), Term = 1, VoteGranted = false });
            }

            server.Tick();
            ticks++;
        }

        long before = server.Node.PreVotesStarted;
        before.ShouldBeGreaterThan(4);
        server.Tick(ElectionTimeoutTicks - 1);
        (server.Node.PreVotesStarted - before).ShouldBeLessThanOrEqualTo(1, "it hurries on");
        server.Node.CurrentTerm.ShouldBe(1);
        server.Node.ElectionsStarted.ShouldBe(0);
    }

    [Fact]
    public void A_suspected_leader_that_is_back_by_the_next_election_may_grant_its_vote()
    {
        // Of three, one is down for good, and the leader has lost its log's end in a crash: only this server can win.
        SingleServer server = new SingleServer().BecomeFollowerOf(3, 1);
        server.Node.ConnectionLost(Member(3));

        server.Receive(new RequestPreVoteReply { From = Member(3), To = Member(1), Term = 2, VoteGranted = true });

        server.Node.Role.ShouldBe(Role.Candidate);
    }

    [Fact]
    public void A_vote_that_only_the_suspected_leader_could_save_is_lost_at_once_and_followed_by_another_soon()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(3, 1);
        server.Node.ConnectionLost(Member(3));
        server.Receive(new RequestPreVoteReply { From = Member(2), To = Member(1), Term = 2, VoteGranted = true });
        server.Settle();
        server.Node.Role.ShouldBe(Role.Candidate);

        server.Receive(new RequestVoteReply { From = Member(2), To = Member(1), Term = 2, VoteGranted = false });

        server.Node.Role.ShouldBe(Role.Follower);
        server.Tick(ElectionTimeoutTicks - 1); // four turns of two ticks at most
        server.Node.PreVotesStarted.ShouldBeGreaterThan(1);
    }

    [Fact]
    public void Switched_off_the_election_timeout_is_all_there_is()
    {
        var cluster = new HarnessCluster(new HarnessClusterOptions
        {
            Voters = 3,
            Configure = options => options with { SuspectsLeaderOnLostConnection = false },
        });
        cluster.Campaign(1);
        cluster.DeliverDue();
        cluster.ConnectionLost(1, 2);
        cluster.ConnectionLost(1, 3);
        cluster.Network.InFlight.ShouldBeEmpty();
        cluster[2].Role.ShouldBe(Role.Follower);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    public void When_the_leader_is_gone_from_all_one_pre_vote_and_one_election_are_enough(int voters)
    {
        for (ulong seed = 1; seed <= 50; seed++)
        {
            var cluster = new HarnessCluster(new HarnessClusterOptions { Voters = voters, Seed = seed });
            cluster.RunUntil(() => cluster.Leader is not null, 200).ShouldBeTrue();
            cluster.RunTicks(5);
            int leader = (int)cluster.Leader!.Id.Value;
            long elections = cluster.Servers.Sum(server => server.Node.ElectionsStarted) - cluster[leader].Node.ElectionsStarted;
            cluster.Crash(leader);
            for (int other = 1; other <= voters; other++)
            {
                cluster.ConnectionLost(leader, other);
            }

            cluster.DeliverDue();
            cluster.Leader.ShouldNotBeNull($"seed {seed}: nobody leads before the first tick");
            (cluster.Servers.Where(server => server.IsUp).Sum(server => server.Node.ElectionsStarted) - elections).ShouldBe(1, $"seed {seed}");
        }
    }
}
