using System.Globalization;
using Quorate.Raft.Tests.Harness;

namespace Quorate.Raft.Tests.Sections;

/// <summary>One cluster under faults drawn from a seed: first with them, then without.</summary>
internal sealed class RandomFaults
{
    private const int StepsWithFaults = 1500;
    private readonly RaftCluster _cluster;
    private readonly SeededRandom _random;
    private readonly SortedDictionary<MemberId, RaftInvariants> _invariants = [];
    private readonly SortedDictionary<MemberId, RaftNode> _nodes = [];
    private readonly ClusterInvariants _clusterInvariants = new();
    private int _commands;

    public RandomFaults(ulong seed, int voters, int learners)
    {
        _random = new SeededRandom(seed);
        _cluster = new RaftCluster(new RaftClusterOptions
        {
            Voters = voters,
            Learners = learners,
            Seed = seed,
            Configure = options => options with
            {
                MessageEntriesMax = 4,
                MessageBytesMax = 64,
                InflightMessagesMax = 4,
                InflightBytesMax = 128,
                SnapshotChunkBytesMax = 16,
            },
        });
        _cluster.Network.Weather = new NetworkWeather(_random.Next(15), _random.Next(15), _random.Next(4), _random.Next(5), 30);
    }

    public RaftCluster Cluster => _cluster;

    public void Run()
    {
        for (int step = 0; step < StepsWithFaults; step++)
        {
            Disturb();
            _cluster.RunTicks(1);
            CheckInvariants();
        }

        Heal();
        Settle();
    }

    private int AnyServer() => _random.Next(_cluster.Servers.Count) + 1;

    private void Disturb()
    {
        int id = AnyServer();
        SimulatedServer server = _cluster[id];
        switch (_random.Next(120))
        {
            case 0:
                if (server.IsUp)
                {
                    _cluster.Crash(id, _random.Next(server.Disk.Pending.Count + 1));
                }

                break;
            case 1 or 2 or 3:
                if (!server.IsUp)
                {
                    _cluster.Restart(id);
                }

                break;
            case 4:
                int other = AnyServer();
                if (other != id)
                {
                    _cluster.Cut(id, other);
                }

                break;
            case 5:
                _cluster.Isolate(id);
                break;
            case 6:
                _cluster.Network.HealAll();
                break;
            case 7:
                if (server.IsUp)
                {
                    _cluster.HangDisk(id, hangs: true);
                }

                break;
            case 8 or 9 or 10:
                if (server.IsUp)
                {
                    _cluster.HangDisk(id, hangs: false);
                }

                break;
            case 11:
                if (server.IsUp && server.Node.HandedOutIndex > (server.Node.Snapshot?.LastIncluded.Index ?? 0))
                {
                    _cluster.TakeSnapshot(id, _random.Next(4));
                }

                break;
            case 12:
                if (_cluster.Leader is { } leader)
                {
                    _cluster.Transfer((int)leader.Id.Value, id);
                }

                break;
            case 13 or 14 or 15 or 16:
                if (server.IsUp)
                {
                    _cluster.Read(id);
                }

                break;
            case 17:
                server.FlushesAtOnce = !server.FlushesAtOnce;
                break;
            case < 50:
                Flush(id);
                break;
            case < 60:
                if (server.IsUp && server.UnstoredChunks.Count > 0)
                {
                    _cluster.StoreChunk(id);
                }

                break;
            case < 115:
                int proposer = (int)(_cluster.Leader?.Id.Value ?? server.Id.Value);
                if (_cluster[proposer].IsUp)
                {
                    _cluster.Propose(proposer, (++_commands).ToString(CultureInfo.InvariantCulture));
                }

                break;
        }
    }

    /// <summary>One write more, at a server that takes its time.</summary>
    private void Flush(int id)
    {
        SimulatedServer server = _cluster[id];
        if (server.IsUp && server.Disk.Pending.Count > 0 && !server.Disk.Hangs)
        {
            _cluster.FlushOne(id);
        }
    }

    private void CheckInvariants()
    {
        var up = new List<RaftNode>();
        foreach (SimulatedServer server in _cluster.Servers)
        {
            if (!server.IsUp)
            {
                continue;
            }

            if (!_nodes.TryGetValue(server.Id, out RaftNode? known) || !ReferenceEquals(known, server.Node))
            {
                _nodes[server.Id] = server.Node;
                _invariants[server.Id] = new RaftInvariants();
            }

            _invariants[server.Id].Check(server.Node);
            up.Add(server.Node);
        }

        _clusterInvariants.Check(up);
    }

    private void Heal()
    {
        _cluster.Network.Weather = NetworkWeather.Calm;
        _cluster.Network.HealAll();
        foreach (SimulatedServer server in _cluster.Servers)
        {
            if (!server.IsUp)
            {
                _cluster.Restart((int)server.Id.Value);
            }

            server.FlushesAtOnce = true;
            _cluster.HangDisk((int)server.Id.Value, hangs: false);
        }
    }

    private void Settle()
    {
        bool hasLeader = _cluster.RunUntil(() => _cluster.Leader is not null, 300);
        hasLeader.ShouldBeTrue("a healed cluster elects");
        _cluster.RunTicks(60);
        int leader = (int)_cluster.Leader!.Id.Value;
        _cluster.Propose(leader, "last").Status.ShouldBe(ProposeStatus.Accepted);
        ReadRecord read = _cluster.Read(AnyServer());
        bool agree = _cluster.RunUntil(
            () => _cluster.Servers.All(server => server.Node.HandedOutIndex == _cluster.Leader?.Node.LastLog.Index),
            200);
        CheckInvariants();
        agree.ShouldBeTrue("a healed cluster agrees: " + string.Join("; ", _cluster.Servers.Select(Describe)));
        read.Result.ShouldNotBeNull("a read is answered in bounded time");
        read.Result.Value.Status.ShouldBe(ReadStatus.Confirmed);
        foreach (SimulatedServer server in _cluster.Servers)
        {
            server.State.Last.ShouldBe(_cluster.Leader.State.Last);
        }
    }

    private static string Describe(SimulatedServer server) =>
        $"{server.Id} {server.Role} term {server.Node.CurrentTerm} log {server.Node.Log.FirstIndex}-{server.Node.LastLog} commit {server.Node.CommitIndex} "
        + $"durable {server.Node.DurableIndex} out {server.Node.HandedOutIndex} [{string.Join(", ", server.Node.Followers)}]";
}
