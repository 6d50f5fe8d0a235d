using Quorate.Raft;

namespace Quorate.Runtime.Tests.Hosting;

/// <summary>A setting that cannot work is refused with what would.</summary>
public sealed class QuorateOptionsTests
{
    [Fact]
    public void The_defaults_with_members_are_valid()
    {
        Options().Validate();
        Options().ToReplicaOptions().ElectionTimeout.ShouldBe(TimeSpan.FromSeconds(1));
        Options().ToReplicaOptions().HeartbeatTicks.ShouldBe(4);
    }

    [Theory]
    [InlineData(1000, 1000)]
    [InlineData(2000, 1000)]
    public void A_heartbeat_that_is_not_shorter_than_the_election_timeout_is_refused(int heartbeat, int election)
    {
        QuorateOptions options = Options();
        options.HeartbeatInterval = TimeSpan.FromMilliseconds(heartbeat);
        options.ElectionTimeout = TimeSpan.FromMilliseconds(election);
        Refusal(options).ShouldContain("must be shorter than ElectionTimeout");
    }

    [Fact]
    public void A_name_that_is_not_among_the_members_is_refused_with_their_names()
    {
        QuorateOptions options = Options();
        options.Name = "d";
        Refusal(options).ShouldContain("the member 'd' is not among Members ('a', 'b')");
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        QuorateOptions options = Options();
        options.DataFolder = " ";
        Refusal(options).ShouldContain("DataFolder is empty");
        options = Options();
        options.Name = "";
        Refusal(options).ShouldContain("Name is empty");
        options = Options();
        options.Members.Clear();
        Refusal(options).ShouldContain("Members is empty");
    }

    [Fact]
    public void Two_members_with_one_name_or_address_or_id_are_refused()
    {
        QuorateOptions options = Options();
        options.Members.Add(new QuorateMember("b", "host", 3));
        Refusal(options).ShouldContain("2 members have the name 'b'");
        options = Options();
        options.Members.Add(new QuorateMember("c", "host", 2));
        Refusal(options).ShouldContain("2 members have the address 'host:2'");
        options = Options();
        options.Members.Add(new QuorateMember("c", "host", 3) { Id = options.MemberId });
        Refusal(options).ShouldContain("2 members have the id");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65536)]
    public void A_port_that_is_none_is_refused(int port)
    {
        QuorateOptions options = Options();
        options.Members.Add(new QuorateMember("c", "other", port));
        Refusal(options).ShouldContain($"the port of member 'c' is {port}");
    }

    [Fact]
    public void Settings_of_the_parts_are_checked_too()
    {
        QuorateOptions options = Options();
        options.ConfigurePeers = peers => peers with { SilenceTimeout = peers.PingInterval };
        Refusal(options).ShouldContain("SilenceTimeout");
        options = Options();
        options.ConfigureReplica = replica => replica with { CommandBytesMax = int.MaxValue };
        Refusal(options).ShouldContain("FrameBytesMax");
        options = Options();
        options.Inbox = new InboxLimits { FramesMax = 0 };
        Refusal(options).ShouldContain("inbox");
    }

    [Fact]
    public void Ids_follow_from_addresses_and_token_alone_and_in_any_order()
    {
        // Fixed numbers: an id that changed with a version would make every data folder a stranger's.
        MemberId id = ClusterIdentity.MemberIdOf(["http://a:1", "http://b:2"], "token");
        id.ShouldBe(ClusterIdentity.MemberIdOf(["http://b:2", "http://a:1"], "token"));
        id.ToString().ShouldBe("d462f1cd76189bf");
        ClusterIdentity.MemberIdOf(["http://a:1"], "token").ShouldNotBe(id);
        ClusterIdentity.MemberIdOf(["http://a:1", "http://b:2"], "other").ShouldNotBe(id);
        ulong cluster = ClusterIdentity.ClusterIdOf([new MemberId(1), new MemberId(2)]);
        cluster.ShouldBe(ClusterIdentity.ClusterIdOf([new MemberId(2), new MemberId(1)]));
        cluster.ToString("x", System.Globalization.CultureInfo.InvariantCulture).ShouldBe("8c7654ecfd7b0b62");
        ClusterIdentity.ClusterIdOf([new MemberId(1)]).ShouldNotBe(cluster);
    }

    private static QuorateOptions Options()
    {
        var options = new QuorateOptions { Name = "a", DataFolder = "data" };
        options.Members.Add(new QuorateMember("a", "host", 1));
        options.Members.Add(new QuorateMember("b", "host", 2));
        return options;
    }

    private static string Refusal(QuorateOptions options) => Should.Throw<ArgumentException>(options.Validate).Message;
}
