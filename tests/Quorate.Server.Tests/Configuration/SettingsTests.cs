using System.Globalization;
using Microsoft.Extensions.Logging;
using Quorate.Etcd;
using Quorate.Server.Configuration;

namespace Quorate.Server.Tests.Configuration;

public sealed class SettingsTests
{
    [Fact]
    public void Without_any_setting_a_member_is_a_cluster_of_its_own_on_etcds_ports()
    {
        ServerSettings settings = Read();

        settings.Name.ShouldBe("default");
        settings.DataFolder.ShouldBe("default.quorate");
        settings.ListenClientUrls.ShouldBe([new MemberUrl("localhost", 2379)]);
        settings.AdvertisePeerUrls.ShouldBe([new MemberUrl("localhost", 2380)]);
        settings.InitialCluster.ShouldHaveSingleItem().Name.ShouldBe("default");
        settings.ElectionTimeout.ShouldBe(TimeSpan.FromSeconds(1));
        settings.HeartbeatInterval.ShouldBe(TimeSpan.FromMilliseconds(100));
        settings.QuotaBytes.ShouldBe(2L << 30);
        settings.LogLevel.ShouldBe(LogLevel.Information);
        settings.CorsOrigins.ShouldBe(["*"]);
    }

    [Fact]
    public void A_flag_comes_before_our_variable_which_comes_before_etcds()
    {
        (string, string)[] variables = [("QUORATE_NAME", "ours"), ("ETCD_NAME", "etcds"), ("ETCD_LOG_LEVEL", "warn")];

        Read(["--name=flag"], variables).Name.ShouldBe("flag");
        Read([], variables).Name.ShouldBe("ours");
        Read([], variables).LogLevel.ShouldBe(LogLevel.Warning);
        Read([], [("QUORATE_NAME", ""), ("ETCD_NAME", "etcds")]).Name.ShouldBe("etcds");
    }

    [Fact]
    public void A_member_listed_with_several_peer_urls_has_them_all()
    {
        ServerSettings settings = Read([
            "--name=a", "--initial-advertise-peer-urls=http://h:1,http://h:2",
            "--initial-cluster=a=http://h:1,b=http://g:1,a=http://h:2"]);

        settings.InitialCluster.Select(member => member.Name).ShouldBe(["a", "b"]);
        settings.InitialCluster[0].PeerUrls.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("--heartbeat-interval=1000", "less than 5 heartbeats", "use about 10 heartbeats")] // spec R6
    [InlineData("--heartbeat-interval=0", "not from 1 to", "default is 100")]
    [InlineData("--election-timeout=soon", "not a whole number", "default is 1000")]
    [InlineData("--listen-client-urls=https://h:1", "not supported", "use http://")]
    [InlineData("--listen-client-urls=h:1", "not a URL", "http://HOST:PORT")]
    [InlineData("--listen-client-urls=http://h", "no port", "http://HOST:PORT")]
    [InlineData("--listen-client-urls=http://h:99999", "no port from 1 to 65535", "http://h:99999")]
    [InlineData("--listen-client-urls=http://0.0.0.0:1", "names every interface", "--advertise-client-urls")]
    [InlineData("--listen-client-urls=http://localhost:2380", "port 2380", "a port each")]
    [InlineData("--initial-cluster=b=http://localhost:2380", "does not list this member, 'default'", "add default=")]
    [InlineData("--initial-cluster=default=http://localhost:7", "must be the same", "--initial-advertise-peer-urls")]
    [InlineData("--initial-cluster=default=http://localhost:2380,b=http://localhost:2380", "given twice", "peer URLs of its own")]
    [InlineData("--initial-cluster=nonsense", "not NAME=URL", "default=http://localhost:2380")]
    [InlineData("--initial-cluster-state=maybe", "neither 'new' nor 'existing'", "maybe")]
    [InlineData("--initial-cluster-state=existing", "holds none", "use 'new'")]
    [InlineData("--log-level=loud", "no level", "debug, info")]
    [InlineData("--name=a=b", "separate the members", "use letters")]
    [InlineData("--name= ", "is empty", "default")]
    [InlineData("--max-request-bytes=0", "not from 1 to", "1572864")]
    [InlineData("--cors=example.com", "no origin", "https://")]
    [InlineData("--cors=https://example.com/path", "no origin", "without a path")]
    [InlineData("--max-txn-ops=-1", "not from 1 to", "128")]
    [InlineData("--snapshot-count=0", "not from 1 to", "10000")]
    [InlineData("--auto-compaction-mode=hourly", "none of periodic, revision", "hourly")]
    [InlineData("--auto-compaction-retention=often", "is no time", "write 90m, 1h30m, or a number of hours")]
    [InlineData("--auto-compaction-retention=-1", "is no time", "write 90m")]
    [InlineData("--auto-compaction-retention=500ms", "not from 1 s to", "0 is for no compaction")]
    [InlineData("--auto-compaction-retention=99999999", "is no time", "at most 87600")]
    [InlineData("--auto-compaction-retention=99999h", "not from 1 s to 87600 h", "0 is for no compaction")]
    public void A_setting_that_cannot_work_is_refused_with_what_why_and_what_would(string flag, string why, string remedy)
    {
        var refused = Should.Throw<SettingsException>(() => Read([flag]));

        refused.Problems.ShouldContain(problem => problem.Contains(why) && problem.Contains(remedy), refused.Message);
    }

    [Fact]
    public void All_problems_are_told_at_once_each_with_where_it_was_set()
    {
        var refused = Should.Throw<SettingsException>(() => Read(["--max-txn-ops=x"], [("ETCD_LOG_LEVEL", "loud")]));

        refused.Problems.Count.ShouldBe(2);
        refused.Problems.ShouldContain(problem => problem.StartsWith("--max-txn-ops"));
        refused.Problems.ShouldContain(problem => problem.StartsWith("ETCD_LOG_LEVEL"));
    }

    [Theory]
    [InlineData("http://127.0.0.1:2379", "127.0.0.1", 2379)]
    [InlineData("http://[::1]:2379/", "::1", 2379)]
    [InlineData("HTTP://node-1.example:80", "node-1.example", 80)]
    public void A_url_is_a_host_and_a_port(string text, string host, int port)
    {
        MemberUrl.TryParse(text, out MemberUrl url, out _).ShouldBeTrue();

        url.ShouldBe(new MemberUrl(host, port));
        MemberUrl.TryParse(url.ToString(), out MemberUrl again, out _).ShouldBeTrue();
        again.ShouldBe(url);
    }

    [Theory]
    [InlineData("0", 2L << 30)]
    [InlineData("-1", 0)]
    [InlineData("4096", 4096)]
    public void The_quota_is_two_gibibytes_unless_set_and_none_when_negative(string given, long bytes) =>
        Read([$"--quota-backend-bytes={given}"]).QuotaBytes.ShouldBe(bytes);

    [Theory]
    [InlineData("periodic", "0", null)]
    [InlineData("periodic", "0s", null)]
    [InlineData("revision", "0", null)]
    [InlineData("periodic", "2", "02:00:00")]
    [InlineData("periodic", "90m", "01:30:00")]
    [InlineData("periodic", "1h30m", "01:30:00")]
    [InlineData("revision", "1000", "1000")]
    public void How_much_history_is_kept_is_told_as_etcd_is_told(string mode, string retention, string? expected)
    {
        ServerSettings settings = Read([$"--auto-compaction-mode={mode}", $"--auto-compaction-retention={retention}"]);
        settings.AutoCompaction.ShouldBe(expected switch
        {
            null => null,
            _ when mode == "revision" => AutoCompaction.ByRevisions(long.Parse(expected, CultureInfo.InvariantCulture)),
            _ => AutoCompaction.ByPeriod(TimeSpan.Parse(expected, CultureInfo.InvariantCulture)),
        });
        Read([], [("ETCD_AUTO_COMPACTION_MODE", mode), ("QUORATE_AUTO_COMPACTION_RETENTION", retention)]).AutoCompaction.ShouldBe(settings.AutoCompaction);
    }

    [Theory]
    [InlineData("5m")]
    [InlineData("-3")]
    [InlineData("many")]
    public void A_number_of_revisions_is_a_number(string retention) =>
        Should.Throw<SettingsException>(() => Read(["--auto-compaction-mode=revision", $"--auto-compaction-retention={retention}"]))
            .Message.ShouldContain("no number of revisions");

    [Fact]
    public void Without_the_setting_nothing_is_compacted_by_itself() => Read().AutoCompaction.ShouldBeNull();

    [Theory]
    [InlineData("--listen-client-urls")]
    [InlineData("--listen-peer-urls")]
    [InlineData("--initial-advertise-peer-urls")]
    public void A_url_that_is_none_is_told_once_whatever_depends_on_it(string flag) =>
        Should.Throw<SettingsException>(() => Read([$"{flag}=h:1", "--initial-cluster=default=http://h:7"])).Problems
            .Count(problem => problem.Contains("h:1", StringComparison.Ordinal) || problem.Contains("no URL", StringComparison.Ordinal)).ShouldBe(1);

    [Fact]
    public void A_bad_peer_url_is_not_compared_with_the_list_of_members() =>
        Should.Throw<SettingsException>(() => Read(["--listen-peer-urls=h:1", "--initial-cluster=default=http://h:7"])).Problems
            .ShouldHaveSingleItem().ShouldStartWith("--listen-peer-urls: 'h:1' is not a URL");

    [Fact]
    public void Who_lists_no_url_is_told_what_one_looks_like() =>
        Should.Throw<SettingsException>(() => Read(["--listen-client-urls=,"])).Problems
            .ShouldBe(["--listen-client-urls names no URL; one looks like http://localhost:2379"]);

    [Fact]
    public void A_member_that_has_moved_is_told_by_the_setting_that_moved_it() =>
        Should.Throw<SettingsException>(() => Read(["--listen-peer-urls=http://h:8", "--initial-cluster=default=http://h:7"])).Problems
            .ShouldBe(
            [
                "--initial-cluster has http://h:7 for this member, 'default', but --listen-peer-urls, which stands for --initial-advertise-peer-urls, has http://h:8; "
                + "they must be the same. A member that listens elsewhere than the others find it needs --initial-advertise-peer-urls http://h:7",
            ]);

    private static ServerSettings Read(string[]? flags = null, (string Name, string Value)[]? variables = null)
    {
        Dictionary<string, string> given = (flags ?? []).Select(flag => flag.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1]);
        Dictionary<string, string> environment = (variables ?? []).ToDictionary(pair => pair.Name, pair => pair.Value);
        return SettingsReader.Read(new SettingsSource(
            setting => given.GetValueOrDefault(setting.Flag), environment.GetValueOrDefault));
    }
}
