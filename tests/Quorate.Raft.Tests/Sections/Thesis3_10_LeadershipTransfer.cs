using Quorate.Raft.Messages;
using static Quorate.Raft.Tests.Sections.SingleServer;

namespace Quorate.Raft.Tests.Sections;

/// <summary>Thesis §3.10: handing over leadership (spec E6).</summary>
public sealed class Thesis3_10_LeadershipTransfer
{
    [Fact]
    public void A_caught_up_target_is_told_at_once_and_writes_wait()
    {
        SingleServer server = Leader();

        TransferStatus status = server.Node.TransferLeadership(Member(2));
        server.Settle();

        status.ShouldBe(TransferStatus.Started);
        server.TakeSent<TimeoutNow>().ShouldHaveSingleItem().To.ShouldBe(Member(2));
        server.Node.Propose(new byte[1]).Status.ShouldBe(ProposeStatus.Transferring);
    }

    [Fact]
    public void A_lagging_target_is_caught_up_first()
    {
        SingleServer server = Leader();
        server.Node.Propose(new byte[1]);
        server.Settle();
        server.Node.TransferLeadership(Member(2));
        server.Settle();

        int before = server.TakeSent<TimeoutNow>().Count;
        server.AcceptsAll(2);

        before.ShouldBe(0);
        server.TakeSent<TimeoutNow>().ShouldHaveSingleItem();
    }

    [Fact]
    public void After_an_election_timeout_the_leader_takes_writes_again()
    {
        SingleServer server = Leader();
        server.Node.TransferLeadership(Member(2));

        for (int i = 0; i < ElectionTimeoutTicks; i++)
        {
            server.AcceptsAll(3);
            server.Tick();
        }

        server.Node.TransferTarget.ShouldBe(MemberId.None);
        server.Node.Propose(new byte[1]).Status.ShouldBe(ProposeStatus.Accepted);
    }

    [Fact]
    public void Targets_that_cannot_lead_are_refused()
    {
        SingleServer server = Leader();

        server.Node.TransferLeadership(Member(1)).ShouldBe(TransferStatus.AlreadyLeader);
        server.Node.TransferLeadership(Member(4)).ShouldBe(TransferStatus.NotAVoter);
        server.Node.TransferLeadership(Member(9)).ShouldBe(TransferStatus.NotAVoter);
        server.Node.TransferLeadership(Member(2)).ShouldBe(TransferStatus.Started);
        server.Node.TransferLeadership(Member(3)).ShouldBe(TransferStatus.InProgress);
        new SingleServer().Node.TransferLeadership(Member(2)).ShouldBe(TransferStatus.NotLeader);
    }

    [Fact]
    public void The_target_stands_without_pre_vote_once_its_log_and_vote_are_on_disk()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1);
        server.Node.Step(server.Append(2, 1, LogPosition.Start, 0, 1));
        server.Take();

        server.Node.Step(new TimeoutNow { From = Member(2), To = Member(1), Term = 1 });
        RaftOutput output = server.Take();

        output.Messages.ShouldBeEmpty();
        output.HardState.ShouldBe(new HardState(2, Member(1)));
        output.MessagesOnceDurable.Cast<RequestVote>().ShouldAllBe(request => request.LeadershipTransfer && request.LastLog == At(1, 1));
        server.Node.PreVotesStarted.ShouldBe(0);
    }

    [Fact]
    public void Only_the_leader_of_the_term_can_hand_over()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1);

        server.Receive(new TimeoutNow { From = Member(3), To = Member(1), Term = 1 });
        server.Receive(new TimeoutNow { From = Member(2), To = Member(1), Term = 0 });

        server.Node.Role.ShouldBe(Role.Follower);
        server.Node.ElectionsStarted.ShouldBe(0);
    }

    [Fact]
    public void A_vote_asked_for_by_the_leaders_wish_is_granted_in_spite_of_the_leader()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 1);

        server.Receive(server.AsksVote(3, 2, LogPosition.Start, isTransfer: true));

        server.TakeSent<RequestVoteReply>().ShouldHaveSingleItem().VoteGranted.ShouldBeTrue();
        server.Node.VotedFor.ShouldBe(Member(3));
    }

    private static SingleServer Leader()
    {
        SingleServer server = new SingleServer(voters: 3, learners: 1).BecomeLeader();
        server.AcceptsAll(2);
        server.AcceptsAll(3);
        server.Sent.Clear();
        return server;
    }
}
