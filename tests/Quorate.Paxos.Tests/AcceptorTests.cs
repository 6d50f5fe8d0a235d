using Quorate.Raft;

namespace Quorate.Paxos.Tests;

/// <summary>Phases 1(b) and 2(b) ("Paxos Made Simple" §2.2).</summary>
public sealed class AcceptorTests
{
    private static readonly Value s_x = new(1, new byte[] { 1 });
    private static readonly Value s_y = new(2, new byte[] { 2 });

    [Fact]
    public void It_promises_to_a_higher_ballot_and_refuses_a_lower_one()
    {
        var acceptor = new Acceptor();

        acceptor.Prepare(Ballot(2, 1)).ShouldBeTrue();
        acceptor.Prepare(Ballot(1, 3)).ShouldBeFalse();
        acceptor.Prepare(Ballot(2, 2)).ShouldBeTrue("of equal rounds the higher member's is the higher");

        acceptor.Promised.ShouldBe(Ballot(2, 2));
    }

    [Fact]
    public void Asked_again_with_the_ballot_it_has_promised_to_it_promises_again()
    {
        var acceptor = new Acceptor();
        acceptor.Prepare(Ballot(2, 1));

        acceptor.Prepare(Ballot(2, 1)).ShouldBeTrue();
    }

    [Fact]
    public void It_accepts_unless_it_has_promised_a_higher_ballot_P1a()
    {
        var acceptor = new Acceptor();
        acceptor.Prepare(Ballot(2, 1));

        acceptor.Accept(Ballot(1, 3), s_x).ShouldBeFalse();
        acceptor.Accepted.ShouldBeNull();
        acceptor.Accept(Ballot(2, 1), s_x).ShouldBeTrue();
        acceptor.Accepted.ShouldBe(new AcceptedProposal(Ballot(2, 1), s_x));
    }

    [Fact]
    public void It_accepts_a_proposal_of_which_it_has_not_heard_the_prepare()
    {
        var acceptor = new Acceptor();

        acceptor.Accept(Ballot(5, 1), s_x).ShouldBeTrue();

        acceptor.Prepare(Ballot(4, 3)).ShouldBeFalse("to have accepted is to have promised");
    }

    [Fact]
    public void A_promise_to_a_higher_ballot_does_not_forget_what_was_accepted()
    {
        var acceptor = new Acceptor();
        acceptor.Accept(Ballot(1, 1), s_x);

        acceptor.Prepare(Ballot(7, 2));

        acceptor.Accepted!.Value.ShouldBe(s_x);
        acceptor.Accept(Ballot(1, 1), s_x).ShouldBeFalse();
    }

    [Fact]
    public void One_ballot_with_two_values_is_a_broken_protocol()
    {
        var acceptor = new Acceptor();
        acceptor.Accept(Ballot(1, 1), s_x);

        acceptor.Accept(Ballot(1, 1), s_x).ShouldBeTrue("repeated");
        Should.Throw<PaxosInvariantException>(() => acceptor.Accept(Ballot(1, 1), s_y));
    }

    private static Ballot Ballot(long round, ulong member) => new(round, new MemberId(member));
}
