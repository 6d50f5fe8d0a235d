using static Quorate.Raft.Tests.Sections.SingleServer;

namespace Quorate.Raft.Tests.Sections;

/// <summary>Paper §6: a server uses the latest configuration in its log, committed or not.</summary>
public sealed class Section6_Configurations
{
    private static readonly Configuration Joint = new([Member(1), Member(2), Member(3)], outgoingVoters: [Member(1), Member(4), Member(5)]);
    private static readonly Configuration WithoutMe = new([Member(2), Member(3)], [Member(1)]);

    [Fact]
    public void A_configuration_is_in_effect_as_soon_as_it_is_in_the_log_and_no_longer_than_that()
    {
        var server = new SingleServer();
        server.Receive(server.Append(2, 1, LogPosition.Start) with { Entries = new[] { ConfigurationEntry(1, 1, WithoutMe) } });
        Role inEffect = server.Node.Role;

        server.Receive(server.Append(3, 2, LogPosition.Start, 0, 2));

        inEffect.ShouldBe(Role.Learner);
        server.Node.Role.ShouldBe(Role.Follower);
        server.Node.Configuration.Voters.Length.ShouldBe(3);
    }

    [Fact]
    public void An_uncommitted_configuration_survives_a_restart()
    {
        var server = new SingleServer(entries: [ConfigurationEntry(1, 1, WithoutMe)]);

        server.Node.Role.ShouldBe(Role.Learner);
        server.Node.ConfigurationAt(0).Voters.Length.ShouldBe(3);
        server.Node.ConfigurationAt(1).Voters.Length.ShouldBe(2);
    }

    [Fact]
    public void A_joint_configuration_elects_and_commits_only_with_both_majorities()
    {
        SingleServer server = new SingleServer(configuration: Joint).BecomeCandidate();
        server.Settle();
        server.GrantVote(Member(2));
        server.GrantVote(Member(3));
        Role withOneMajority = server.Node.Role;
        server.GrantVote(Member(4));
        server.Settle();

        server.AcceptsAll(2);
        server.AcceptsAll(3);
        long committedByOneMajority = server.Node.CommitIndex;
        server.AcceptsAll(5);

        withOneMajority.ShouldBe(Role.Candidate);
        committedByOneMajority.ShouldBe(0);
        server.Node.CommitIndex.ShouldBe(1);
    }

    [Fact]
    public void A_configuration_is_read_back_as_it_was_written()
    {
        var configuration = new Configuration([Member(3), Member(1)], [Member(9)], [Member(1), Member(4)]);

        Configuration read = ConfigurationCodec.Decode(ConfigurationCodec.Encode(configuration));

        read.Voters.ShouldBe(configuration.Voters);
        read.Learners.ShouldBe(configuration.Learners);
        read.OutgoingVoters.ShouldBe(configuration.OutgoingVoters);
    }

    [Fact]
    public void Bytes_that_are_no_configuration_are_refused()
    {
        byte[] good = ConfigurationCodec.Encode(Joint);
        byte[] newer = [2, .. good.AsSpan(1)];

        Should.Throw<FormatException>(() => ConfigurationCodec.Decode(newer)).Message.ShouldContain("version 2");
        for (int length = 0; length < good.Length; length++)
        {
            Should.Throw<FormatException>(() => ConfigurationCodec.Decode(good.AsSpan(0, length)));
        }
    }

    private static Entry ConfigurationEntry(long term, long index, Configuration configuration) =>
        new(term, index, EntryKind.Configuration, ConfigurationCodec.Encode(configuration));
}
