using System.Collections.Concurrent;
using Quorate.EndToEnd.Tests.Harness;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Runtime.Tests.Hosting;

/// <summary>Members of one cluster in this process, over the loopback interface and real files.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly QuorateMember[] _members;
    private readonly bool _cutsItsLogOften;
    private readonly ConcurrentDictionary<string, QuorateHost> _hosts = [];

    /// <param name="size">How many members.</param>
    /// <param name="cutsItsLogOften">
    /// Whether a member that lags by some entries gets a snapshot in place of them. It cannot know then what became of
    /// its own clients' writes, and on a busy machine any member may lag.
    /// </param>
    public TestCluster(int size, bool cutsItsLogOften = false)
    {
        _members = [.. Enumerable.Range(1, size).Select(number => new QuorateMember($"n{number}", "127.0.0.1", Ports.Take()))];
        _cutsItsLogOften = cutsItsLogOften;
    }

    public ConcurrentDictionary<string, SumMachine> Machines { get; } = [];

    public CapturedLogs Logs { get; init; } = new();

    public IEnumerable<QuorateHost> Hosts => _hosts.Values;

    public IEnumerable<string> Names => _members.Select(member => member.Name);

    public QuorateHost this[string name] => _hosts[name];

    public QuorateOptions Options(string name)
    {
        var options = new QuorateOptions
        {
            Name = name,
            DataFolder = Path.Combine(_folder.Path, name),
            HeartbeatInterval = TimeSpan.FromMilliseconds(50),
            ElectionTimeout = TimeSpan.FromMilliseconds(500),
            RequestTimeout = Patience.Limit,
            ConfigureReplica = replica => _cutsItsLogOften
                ? replica with { SnapshotEveryEntries = 50, TrailingEntriesKept = 10, LaggingBytesKept = 100 }
                : replica,
        };
        foreach (QuorateMember member in _members)
        {
            options.Members.Add(member);
        }

        return options;
    }

    public async Task<QuorateHost> StartAsync(string name)
    {
        var machine = new SumMachine();
        QuorateHost host = await QuorateHost.StartAsync(Options(name), machine, Logs);
        Machines[name] = machine;
        return _hosts[name] = host;
    }

    public Task StartAllAsync() => Task.WhenAll(Names.Select(async name => await StartAsync(name)));

    public async Task StopAsync(string name)
    {
        _hosts.TryRemove(name, out QuorateHost? host).ShouldBeTrue();
        await Patience.ForAsync(host!.StopAsync());
    }

    public async Task<QuorateHost> LeaderAsync()
    {
        QuorateHost? leader = null;
        await Patience.UntilAsync(() => (leader = Hosts.FirstOrDefault(host => host.Status.Role == Role.Leader)) is not null, "a leader leads");
        return leader!;
    }

    /// <summary>Adds, again where it was certainly not carried out: a leader may have changed on the way.</summary>
    public static async Task<long> AddAsync(QuorateHost host, long number)
    {
        ProposalOutcome outcome;
        do
        {
            outcome = await Patience.ForAsync(host.ProposeAsync(SumMachine.Add(number)));
        }
        while (outcome.Status is ProposalStatus.Superseded or ProposalStatus.NoLeader);
        outcome.Status.ShouldBe(ProposalStatus.Applied);
        return outcome.Result.ShouldBeOfType<long>();
    }

    /// <summary>What the state machine of a member holds, at least as new as every write that was answered.</summary>
    public async Task<long> SumAsync(QuorateHost host)
    {
        ReadOutcome outcome;
        do
        {
            outcome = await Patience.ForAsync(host.ReadAsync());
        }
        while (outcome == ReadOutcome.NoLeader);
        outcome.ShouldBe(ReadOutcome.Ready);
        return Machines[host.Name].Sum;
    }

    public async ValueTask DisposeAsync()
    {
        await Patience.ForAsync(Task.WhenAll(Hosts.Select(host => host.StopAsync())));
        _folder.Dispose();
    }
}
