using Quorate.Raft.Messages;
using static Quorate.Raft.Tests.Sections.SingleServer;

namespace Quorate.Raft.Tests.Sections;

/// <summary>Paper §5.4: who may be elected, and what is committed (spec E2, C1, C2, L4).</summary>
public sealed class Section5_4_Safety
{
    [Theory]
    [InlineData(3, 3, true)]
    [InlineData(3, 4, true)]
    [InlineData(4, 1, true)]
    [InlineData(3, 2, false)]
    [InlineData(2, 9, false)]
    [InlineData(0, 0, false)]
    public void A_vote_is_granted_to_a_log_that_is_at_least_as_up_to_date(long lastTerm, long lastIndex, bool expected)
    {
        var server = new SingleServer(log: [1, 2, 3]);

        server.Receive(server.AsksVote(2, 9, At(lastTerm, lastIndex)));

        server.TakeSent<RequestVoteReply>().ShouldHaveSingleItem().VoteGranted.ShouldBe(expected);
    }

    [Fact]
    public void A_new_leader_appends_a_no_op_of_its_term_at_once()
    {
        SingleServer server = new SingleServer(log: [1, 1]).BecomeLeader();

        server.Node.LastLog.ShouldBe(At(2, 3));
        server.Node.Log[3].Kind.ShouldBe(EntryKind.NoOp);
        server.TakeSent<AppendEntries>().Select(message => message.Entries.Span[0].Position).ShouldBe([At(2, 3), At(2, 3)]);
    }

    [Fact]
    public void An_entry_of_an_older_term_is_not_committed_by_counting_copies()
    {
        SingleServer server = new SingleServer(log: [1, 1]).BecomeLeader();

        server.Receive(server.Accepts(2, At(1, 1), 2));
        server.Receive(server.Accepts(3, At(1, 1), 2));

        server.Node.CommitIndex.ShouldBe(0);
    }

    [Fact]
    public void Entries_of_older_terms_are_committed_with_one_of_the_current()
    {
        SingleServer server = new SingleServer(log: [1, 1]).BecomeLeader();

        server.Receive(server.Accepts(2, At(1, 2), 3));

        server.Node.CommitIndex.ShouldBe(3);
        server.Applied.Select(entry => entry.Index).ShouldBe([1L, 2L, 3L]);
    }

    [Fact]
    public void Figure_8_an_entry_on_a_majority_is_overwritten_until_a_newer_one_commits()
    {
        // S1 leads term 4 with entry 2 of term 2 on S1, S2, S3: a majority of five, and not committed.
        var server = new SingleServer(voters: 5, log: [1, 2], hardState: new HardState(3, MemberId.None));
        server.BecomeLeader();
        server.Receive(server.Accepts(2, At(1, 1), 2));
        server.Receive(server.Accepts(3, At(1, 1), 2));
        server.Node.CommitIndex.ShouldBe(0);

        // (d): S5, with an entry of term 3, leads term 5 and may overwrite it.
        server.Receive(server.Append(5, 5, At(1, 1), 0, 3));
        server.Node.LastLog.ShouldBe(At(3, 2));
    }

    [Fact]
    public void A_leader_counts_its_own_entry_only_once_it_is_on_its_disk()
    {
        SingleServer server = new SingleServer().BecomeLeader();
        server.AcceptsAll(2);
        server.Node.Propose(new byte[1]);
        server.Take();

        server.Node.Step(server.Accepts(2, At(1, 1), 2));
        long before = server.Node.CommitIndex;
        server.Flush();

        before.ShouldBe(1);
        server.Node.CommitIndex.ShouldBe(2);
    }

    [Fact]
    public void A_cluster_of_one_commits_only_what_is_on_its_disk()
    {
        SingleServer server = new SingleServer(voters: 1).BecomeLeader();
        server.Node.Propose(new byte[1]);
        server.Take();

        long before = server.Node.CommitIndex;
        server.Flush();

        before.ShouldBe(1);
        server.Node.CommitIndex.ShouldBe(2);
    }

    [Fact]
    public void What_others_have_committed_is_applied_only_once_it_is_on_ones_own_disk()
    {
        SingleServer server = new SingleServer().BecomeLeader();
        server.Node.Propose(new byte[1]);
        server.Take();
        server.Node.Step(server.Accepts(2, At(1, 1), 2));
        server.Node.Step(server.Accepts(3, At(1, 1), 2));
        server.Take();

        server.Node.CommitIndex.ShouldBe(2);
        server.Applied.Count.ShouldBe(1);
        server.Settle();
        server.Applied.Count.ShouldBe(2);
    }

    [Fact]
    public void A_learner_does_not_count_for_commitment()
    {
        SingleServer server = new SingleServer(voters: 3, learners: 2).BecomeLeader();

        server.AcceptsAll(4);
        server.AcceptsAll(5);
        long withLearners = server.Node.CommitIndex;
        server.AcceptsAll(2);

        withLearners.ShouldBe(0);
        server.Node.CommitIndex.ShouldBe(1);
    }

    [Fact]
    public void A_committed_entry_is_never_overwritten()
    {
        var server = new SingleServer(log: [1, 1]);
        server.Receive(server.Append(2, 1, At(1, 2), commitIndex: 2));

        var exception = Should.Throw<RaftInvariantException>(() => server.Node.Step(server.Append(3, 2, At(1, 1), 0, 2)));

        exception.Message.ShouldContain("state machine safety");
    }

    [Fact]
    public void The_commit_index_never_goes_beyond_what_is_known_to_match()
    {
        var server = new SingleServer(log: [1, 1, 1, 1]);

        server.Receive(server.Append(2, 2, At(1, 1), commitIndex: 4, 1));

        server.Node.CommitIndex.ShouldBe(2);
    }
}
