using Quorate.Raft.Tests.Harness;
using static Quorate.Raft.Tests.Sections.SingleServer;

namespace Quorate.Raft.Tests.Sections;

/// <summary>Paper figure 3: servers that violate its properties, to see whether <see cref="ClusterInvariants"/> notices.</summary>
public sealed class Paper3_Safety_SeenFromOutside
{
    private readonly ClusterInvariants _invariants = new();

    [Fact]
    public void Two_leaders_of_a_term_violate_election_safety()
    {
        SingleServer one = Server(1).BecomeLeader();
        SingleServer other = Server(2).BecomeLeader();

        Violation(one, other).ShouldStartWith("election safety");
    }

    [Fact]
    public void Other_bytes_at_a_position_violate_log_matching()
    {
        SingleServer one = Server(1, Command(1, 1, "a"));
        SingleServer other = Server(2, Command(1, 1, "b"));

        Violation(one, other).ShouldStartWith("log matching");
    }

    [Fact]
    public void Other_bytes_that_are_committed_as_soon_as_they_are_seen_violate_state_machine_safety()
    {
        SingleServer one = Committed(1, Command(1, 1, "a"));
        SingleServer other = Committed(2, Command(1, 1, "b"));

        Violation(one, other).ShouldStartWith("state machine safety");
    }

    [Fact]
    public void A_server_that_starts_again_is_compared_from_its_beginning()
    {
        _invariants.Check([Committed(1, Command(1, 1, "a")).Node]);

        Violation(Committed(1, Command(1, 1, "b"))).ShouldStartWith("state machine safety");
    }

    [Fact]
    public void A_leader_without_what_an_earlier_term_committed_violates_leader_completeness_though_there_is_a_newer_term()
    {
        SingleServer committed = Committed(1, Command(1, 1, "a"));
        SingleServer leader = Server(2, term: 1).BecomeLeader();
        SingleServer newer = Server(3, term: 9);

        Violation(committed, leader, newer).ShouldStartWith("leader completeness");
    }

    [Fact]
    public void An_old_leader_need_not_have_what_a_newer_term_committed()
    {
        SingleServer old = Server(1).BecomeLeader();
        SingleServer newer = Committed(2, Command(2, 1, "a"));

        Should.NotThrow(() => _invariants.Check([old.Node, newer.Node]));
    }

    private string Violation(params IEnumerable<SingleServer> servers) =>
        Should.Throw<RaftInvariantException>(() => _invariants.Check([.. servers.Select(server => server.Node)])).Message;

    private static Entry Command(long term, long index, string command) =>
        new(term, index, EntryKind.Command, System.Text.Encoding.UTF8.GetBytes(command));

    private static SingleServer Server(int id, Entry? entry = null, long term = 0) => new(
        entries: entry is { } held ? [held] : [],
        hardState: new HardState(Math.Max(term, entry?.Term ?? 0), MemberId.None),
        configure: options => options with { Id = Member(id) });

    /// <summary>A follower that holds an entry and hears that it is committed.</summary>
    private static SingleServer Committed(int id, Entry entry)
    {
        SingleServer server = Server(id, entry);
        server.Receive(server.Append(leader: 3, entry.Term, entry.Position, commitIndex: entry.Index));
        server.Node.CommitIndex.ShouldBe(entry.Index);
        return server;
    }
}
