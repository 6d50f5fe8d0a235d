using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Quorate.Etcd;
using Quorate.Etcd.Tests.Support;
using Quorate.Raft;
using Quorate.Replica;
using Quorate.Server.Http;
using Quorate.Server.Metrics;
using Quorate.Server.Watches;

namespace Quorate.Server.Tests.Metrics;

public sealed class ServerMetricsTests : IDisposable
{
    private readonly MetricsCollector _collector = new(meter => meter.Name == "Quorate.Server");
    private readonly ConnectionPlaces _connections = new(3);
    private readonly ScriptedReplica _replica;
    private readonly ServerMetrics _metrics;

    public ServerMetricsTests()
    {
        var state = new EtcdStateMachine();
        _replica = new ScriptedReplica(state);
        var front = new EtcdFront(_replica, state, new EtcdOptions { ClusterId = 1 }, new WatchGate());
        _metrics = new ServerMetrics(state, front.Watches, quotaBytes: 0, [], _connections, () => _replica.Status);
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _collector.Dispose();
    }

    [Fact]
    public void Connections_of_clients_are_told_beside_their_limit()
    {
        _connections.TryTake();
        _connections.TryTake();
        Value("quorate_client_connections").ShouldBe(2);
        Value("quorate_client_connections_max").ShouldBe(3);

        _connections.GiveBack();
        Value("quorate_client_connections").ShouldBe(1);
    }

    [Fact]
    public void On_Linux_open_files_are_told_beside_their_limit_by_the_names_of_Prometheus_clients()
    {
        if (OperatingSystem.IsLinux())
        {
            Value("process_open_fds").ShouldBeGreaterThan(2, "standard input, output and error");
            Value("process_open_fds").ShouldBeLessThanOrEqualTo(Value("process_max_fds"));
        }
    }

    [Fact]
    public void A_leader_tells_how_far_each_follower_is_and_nobody_else_does()
    {
        _replica.Status = _replica.Status with
        {
            LastIndex = 12,
            Followers = ImmutableArray.Create(new FollowerStatus(new MemberId(0x1a), MatchIndex: 10, IsActive: true, ReceivesSnapshot: false)),
        };
        Value("quorate_log_last_index").ShouldBe(12);
        Value($"quorate_follower_match_index{{To=\"{new MemberId(0x1a)}\"}}").ShouldBe(10);

        _replica.Status = _replica.Status with { Role = Role.Follower, Followers = [] };
        _collector.Write().ShouldNotContain("quorate_follower_match_index{");
    }

    private double Value(string sample)
    {
        Match match = Regex.Match(_collector.Write(), $"^{Regex.Escape(sample)} (.+)$", RegexOptions.Multiline);
        match.Success.ShouldBeTrue(sample);
        return double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }
}
