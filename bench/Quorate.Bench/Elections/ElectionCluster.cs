using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Quorate.Bench.Engine;
using Quorate.Raft;
using Quorate.Replica;
using Quorate.Runtime;

namespace Quorate.Bench.Elections;

/// <summary>
/// Five members as <c>AddQuorate</c> makes them, in this process, with real files, and TCP between them by way of relays
/// that delay: a round trip takes 10 to 20 ms, 15 on average, the paper's broadcast time.
/// </summary>
internal sealed class ElectionCluster : IAsyncDisposable
{
    private const int Members = 5;

    /// <summary>Of the four others, so many lack the last entry, and so cannot win; a majority has it.</summary>
    private const int IneligibleMembers = 2;

    private static readonly TimeSpan s_delayMin = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_delayMax = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_settlingMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(5);

    /// <summary>Without any spread of the timeouts votes are split again and again: the paper's took longer than this.</summary>
    private static readonly TimeSpan s_electionMax = TimeSpan.FromSeconds(10);

    private readonly ElectionSettings _settings;
    private readonly string _folder = Directory.CreateTempSubdirectory("quorate-elections-").FullName;
    private readonly int[] _ports = FreePorts();
    private readonly DelayingRelay?[,] _relays = new DelayingRelay?[Members, Members];
    private readonly QuorateHost[] _hosts = new QuorateHost[Members];

    private ElectionCluster(ElectionSettings settings)
    {
        _settings = settings;
        for (int from = 0; from < Members; from++)
        {
            for (int to = 0; to < Members; to++)
            {
                _relays[from, to] = from == to ? null : new DelayingRelay(_ports[to], DrawDelay);
            }
        }
    }

    public static async Task<ElectionCluster> StartAsync(ElectionSettings settings)
    {
        var cluster = new ElectionCluster(settings);
        for (int i = 0; i < Members; i++)
        {
            cluster._hosts[i] = await cluster.StartHostAsync(i);
        }

        return cluster;
    }

    /// <summary>
    /// The worst case of the paper (§9.3): the leader has just sent to all, so their timers run from the same moment; the
    /// logs differ, so that not everybody can win; and it crashes at a random moment before its next heartbeat. The
    /// member that crashed is started again afterwards.
    /// </summary>
    public async Task<ElectionTrial> CrashLeaderAsync()
    {
        int leader;
        do
        {
            leader = await SettledAsync();
        }
        while (!await MakeLogsDifferAsync(leader));

        await Task.Delay(TimeSpan.FromMilliseconds(_settings.Heartbeat * Random.Shared.NextDouble()));
        long before = ElectionsBeside(leader);
        var clock = Stopwatch.StartNew();
        ForEachRelayOf(leader, static relay => relay.Sever());
        Task stopped = _hosts[leader].StopAsync();
        await OtherLeaderAsync(leader);
        double milliseconds = clock.Elapsed.TotalMilliseconds;
        long elections = ElectionsBeside(leader) - before;
        await stopped;
        ForEachRelayOf(leader, static relay => relay.Restore());
        _hosts[leader] = await StartHostAsync(leader);
        return new ElectionTrial(milliseconds, elections);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (DelayingRelay? relay in _relays)
        {
            if (relay is not null)
            {
                await relay.DisposeAsync();
            }
        }

        await Task.WhenAll(_hosts.Select(host => host.StopAsync()));
        Directory.Delete(_folder, recursive: true);
    }

    private static TimeSpan DrawDelay() => s_delayMin + ((s_delayMax - s_delayMin) * Random.Shared.NextDouble());

    private Task<QuorateHost> StartHostAsync(int index)
    {
        var options = new QuorateOptions
        {
            Name = $"n{index + 1}",
            DataFolder = Path.Combine(_folder, $"n{index + 1}"),
            HandOverOnStop = false,
            ConfigureReplica = replica => replica with
            {
                TickInterval = TimeSpan.FromMilliseconds(1),
                HeartbeatTicks = _settings.Heartbeat,
                ElectionTimeoutTicks = _settings.TimeoutMin,
                Storage = replica.Storage with { SegmentBytes = 1 << 20 },
                ConfigureRaft = raft => raft with
                {
                    ElectionTimeoutSpreadTicks = _settings.TimeoutMax - _settings.TimeoutMin + 1,
                    SuspectsLeaderOnLostConnection = _settings.UsesEvidence,
                },
            },
            ConfigurePeers = peers => peers with { BackoffMin = TimeSpan.FromMilliseconds(20), BackoffMax = TimeSpan.FromMilliseconds(50) },
        };
        options.Listen.Add(new IPEndPoint(IPAddress.Loopback, _ports[index]));
        for (int other = 0; other < Members; other++)
        {
            int port = _relays[index, other]?.Port ?? _ports[index];
            options.Members.Add(new QuorateMember($"n{other + 1}", "127.0.0.1", port) { Id = new MemberId((ulong)other + 1) });
        }

        return QuorateHost.StartAsync(options, new CountingMachine(), NullLoggerFactory.Instance);
    }

    /// <summary>Everybody is connected, knows the same leader, and has its log.</summary>
    private async Task<int> SettledAsync()
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < s_settlingMax)
        {
            int leader = Array.FindIndex(_hosts, static host => host.Status.Role == Role.Leader);
            if (leader >= 0 && Array.TrueForAll(_hosts, host =>
                    host.Status.LeaderId == _hosts[leader].Id
                    && host.Status.CommitIndex == _hosts[leader].Status.LastIndex
                    && host.PeerTraffic.All(static traffic => traffic.IsConnected)))
            {
                return leader;
            }

            await Task.Delay(s_look);
        }

        throw new TimeoutException($"{_settings}: no leader that stays within {s_settlingMax}");
    }

    /// <summary>Commits an entry that some do not get. False where the leader was another before that.</summary>
    private async Task<bool> MakeLogsDifferAsync(int leader)
    {
        int[] others = [.. Enumerable.Range(0, Members).Where(index => index != leader)];
        Random.Shared.Shuffle(others);
        foreach (int other in others[..IneligibleMembers])
        {
            _relays[leader, other]!.Hold();
        }

        ProposalOutcome outcome = await _hosts[leader].ProposeAsync("x"u8.ToArray(), s_electionMax);
        if (outcome.Status == ProposalStatus.Applied && _hosts[leader].Status.Role == Role.Leader)
        {
            return true;
        }

        // What is held back is lost, and the members dial again.
        foreach (int other in others[..IneligibleMembers])
        {
            _relays[leader, other]!.Sever();
            _relays[leader, other]!.Restore();
        }

        return false;
    }

    private async Task OtherLeaderAsync(int crashed)
    {
        using var limit = new CancellationTokenSource(s_electionMax);
        Task[] waits = [.. Enumerable.Range(0, Members).Where(index => index != crashed).Select(index => LeadsAsync(_hosts[index], limit.Token))];
        await Task.WhenAny(waits);
        await limit.CancelAsync();
        await Task.WhenAll(waits).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task LeadsAsync(QuorateHost host, CancellationToken cancellationToken)
    {
        MemberId known = host.Status.LeaderId;
        while (known != host.Id)
        {
            known = await host.WaitForOtherLeaderAsync(known, cancellationToken);
        }
    }

    private long ElectionsBeside(int leader) => _hosts.Where((_, index) => index != leader).Sum(host => host.Status.ElectionsStarted);

    private void ForEachRelayOf(int member, Action<DelayingRelay> action)
    {
        for (int other = 0; other < Members; other++)
        {
            if (other != member)
            {
                action(_relays[member, other]!);
                action(_relays[other, member]!);
            }
        }
    }

    private static int[] FreePorts()
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, Members).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        Array.ForEach(listeners, listener => listener.Start());
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        Array.ForEach(listeners, listener => listener.Dispose());
        return ports;
    }
}
