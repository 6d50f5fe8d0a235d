using Quorate.Raft;

namespace Quorate.Paxos.Tests;

/// <summary>What a proposer may propose ("Paxos Made Simple" §2.2, P2c), on sets of promises made by hand.</summary>
public sealed class ProposerTests
{
    private static readonly Ballot s_ballot = new(10, new MemberId(1));
    private static readonly Value s_own = new(1, new byte[] { 1 });
    private static readonly Value s_x = new(2, new byte[] { 2 });
    private static readonly Value s_y = new(3, new byte[] { 3 });

    [Fact]
    public void It_proposes_its_own_value_only_if_a_majority_has_accepted_nothing_P2c_a()
    {
        Proposer proposer = Of(members: 5);

        Promise(proposer, 1, null).ShouldBeFalse();
        Promise(proposer, 2, null).ShouldBeFalse();
        proposer.Phase.ShouldBe(ProposerPhase.Preparing);
        Promise(proposer, 3, null).ShouldBeTrue();

        proposer.Phase.ShouldBe(ProposerPhase.Accepting);
        proposer.Value.ShouldBe(s_own);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void One_acceptance_in_the_majority_binds_it_wherever_it_stands_P2c_b(int place)
    {
        Proposer proposer = Of(members: 5);
        for (int i = 0; i < 3; i++)
        {
            Promise(proposer, (ulong)i + 1, i == place ? Accepted(4, 2, s_x) : null);
        }

        proposer.Value.ShouldBe(s_x);
        proposer.Wanted.ShouldBe(s_own);
    }

    [Fact]
    public void Of_several_values_it_takes_that_of_the_highest_ballot_not_that_of_most()
    {
        Proposer proposer = Of(members: 5);
        Promise(proposer, 1, Accepted(4, 2, s_x));
        Promise(proposer, 2, Accepted(6, 3, s_y));
        Promise(proposer, 3, Accepted(4, 2, s_x));

        proposer.Value.ShouldBe(s_y);
    }

    [Fact]
    public void Of_equal_rounds_the_members_decide_which_ballot_is_the_higher()
    {
        Proposer proposer = Of(members: 3);
        Promise(proposer, 2, Accepted(4, 3, s_y));
        Promise(proposer, 3, Accepted(4, 2, s_x));

        proposer.Value.ShouldBe(s_y);
    }

    [Fact]
    public void A_promise_that_comes_twice_counts_once()
    {
        Proposer proposer = Of(members: 5);
        Promise(proposer, 1, null);
        Promise(proposer, 2, null);

        Promise(proposer, 2, null).ShouldBeFalse();
        proposer.Phase.ShouldBe(ProposerPhase.Preparing);
    }

    [Fact]
    public void A_promise_after_the_majority_changes_its_value_no_more()
    {
        Proposer proposer = Of(members: 3);
        Promise(proposer, 1, null);
        Promise(proposer, 2, null);

        Promise(proposer, 3, Accepted(9, 3, s_x)).ShouldBeFalse();
        proposer.Value.ShouldBe(s_own, "it may have been sent already, and a ballot goes with one value");
    }

    [Fact]
    public void Its_value_is_chosen_when_a_majority_has_accepted_and_not_before()
    {
        Proposer proposer = Of(members: 3);
        proposer.AcceptedBy(new MemberId(1)).ShouldBeFalse("phase 2 has not begun");
        Promise(proposer, 1, null);
        Promise(proposer, 2, null);

        proposer.AcceptedBy(new MemberId(3)).ShouldBeFalse();
        proposer.AcceptedBy(new MemberId(3)).ShouldBeFalse("twice the same");
        proposer.AcceptedBy(new MemberId(2)).ShouldBeTrue();

        proposer.Phase.ShouldBe(ProposerPhase.Chosen);
    }

    private static Proposer Of(int members) => new(1, s_ballot, s_own, members);

    private static bool Promise(Proposer proposer, ulong acceptor, AcceptedProposal? accepted) =>
        proposer.PromisedBy(new MemberId(acceptor), accepted);

    private static AcceptedProposal Accepted(long round, ulong member, Value value) => new(new Ballot(round, new MemberId(member)), value);
}
