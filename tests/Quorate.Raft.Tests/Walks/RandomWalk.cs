using Quorate.Raft.Tests.Harness;

namespace Quorate.Raft.Tests.Walks;

/// <summary>
/// Drives a cluster by random events of every kind, then heals everything and asks for progress. One seed decides all:
/// the size of the cluster, its limits, and every step.
/// </summary>
public sealed class RandomWalk
{
    private const int InFlightMax = 400;
    private const int HealingTicksMax = 600;
    private readonly SeededRandom _random;
    private readonly HarnessCluster _cluster;
    private readonly NetworkWeather _weather;
    private int _commands;

    /// <summary>Through a network that does what it is told.</summary>
    public RandomWalk(ulong seed, Action<string>? trace = null)
        : this(seed, size: null, trace)
    {
    }

    /// <summary>A cluster of a given size, on whose network messages get lost, doubled and late by themselves besides.</summary>
    public RandomWalk(ulong seed, int voters, int learners, Action<string>? trace = null)
        : this(seed, (voters, learners), trace) =>
        _weather = new NetworkWeather(_random.Next(15), _random.Next(15), _random.Next(4), _random.Next(5), LongDelayTicks: 30);

    private RandomWalk(ulong seed, (int Voters, int Learners)? size, Action<string>? trace)
    {
        _random = new SeededRandom(seed);
        int entriesMax = _random.Next(1, 6);
        int inflightMax = _random.Next(1, 6);
        int chunkBytes = _random.Next(16, 200);
        int heartbeat = _random.Next(1, 4);
        long inflightBytes = _random.Next(2) == 0 ? 20 : 1000;
        (int Voters, int Learners) drawn = (_random.Next(10) == 0 ? _random.Next(1, 3) : _random.Next(3, 6), _random.Next(4) == 0 ? 1 : 0);
        _cluster = new HarnessCluster(new HarnessClusterOptions
        {
            Voters = (size ?? drawn).Voters,
            Learners = (size ?? drawn).Learners,
            Seed = seed,
            Configure = options => options with
            {
                MessageEntriesMax = entriesMax,
                InflightMessagesMax = inflightMax,
                InflightBytesMax = inflightBytes,
                SnapshotChunkBytesMax = chunkBytes,
                HeartbeatTicks = heartbeat,
                WaitingReadsMax = 4,
                UncommittedBytesMax = 200,
            },
        })
        {
            Trace = trace,
        };
        foreach (HarnessServer server in _cluster.Servers)
        {
            server.FlushesAtOnce = _random.Next(2) == 0;
        }
    }

    public WalkTotals Totals => new(
        _cluster.Watcher.CommittedIndex,
        _cluster.Proposals.Count(proposal => proposal.Acknowledged),
        _cluster.Reads.Count(read => read.Result?.Status == ReadStatus.Confirmed),
        _cluster.Watcher.LeadersSeen,
        _cluster.Watcher.SnapshotsLoaded);

    private int AnyServer => _random.Next(1, _cluster.Servers.Count + 1);

    /// <summary>The dangerous part: only safety is asked for.</summary>
    public void Wander(int steps)
    {
        _cluster.Network.Weather = _weather;

        // Some walks lead through calm country, so that much is committed; others through storms.
        int trouble = _random.Next(1, 5);
        for (int i = 0; i < steps; i++)
        {
            int dice = _random.Next(100);
            if (dice < 36)
            {
                DeliverSomething(inOrder: _random.Next(trouble + 1) != 0);
            }
            else if (dice < 56)
            {
                Tick();
            }
            else if (dice < 68)
            {
                FlushSomething();
            }
            else if (dice < 84)
            {
                ClientRequest();
            }
            else if (dice < 84 + (trouble * 4))
            {
                Trouble();
            }
            else
            {
                RunSmoothly();
            }
        }
    }

    /// <summary>Everything works again: the cluster elects, commits, and all servers end up equal.</summary>
    public void HealAndConverge()
    {
        _cluster.Trace?.Invoke("everything heals");
        _cluster.Network.Weather = NetworkWeather.Calm;
        _cluster.Network.HealAll();
        foreach (HarnessServer server in _cluster.Servers)
        {
            server.FlushesAtOnce = true;
            if (!server.IsUp)
            {
                _cluster.Restart(Number(server));
            }
            else
            {
                _cluster.HangDisk(Number(server), hangs: false);
            }
        }

        ProposalRecord? last = null;
        bool converged = _cluster.RunUntil(
            () =>
            {
                if (last is null || (!last.Acknowledged && !IsUnderWay(last)))
                {
                    last = ProposeAtLeader("the last command");
                }

                return last is { Acknowledged: true } && _cluster.Servers.All(server => server.State.Last == _cluster.Servers[0].State.Last)
                    && _cluster.Servers[0].State.Last.Index >= last.Position.Index;
            },
            HealingTicksMax);
        converged.ShouldBeTrue($"no progress within {HealingTicksMax} ticks after everything healed: {Describe()}");

        // One after the other: few reads may wait at a time. Earlier ones are answered in bounded time.
        _cluster.RunTicks(60);
        foreach (HarnessServer server in _cluster.Servers)
        {
            ReadRecord read = _cluster.Read(Number(server));
            _cluster.RunTicks(5);
            read.Result?.Status.ShouldBe(ReadStatus.Confirmed, $"read {read.Id} at {server.Id}, after everything healed");
        }

        _cluster.Reads.Where(read => read.Result is null && !read.Abandoned).ShouldBeEmpty("reads that were never answered");
        _cluster.Servers.Select(server => server.State.Hash).Distinct().Count().ShouldBe(1, "the state machines differ");
        HashSet<LogPosition> applied = [.. _cluster.Servers[0].State.Entries.Select(entry => entry.Position)];
        _cluster.Proposals.Where(proposal => proposal.Acknowledged && !applied.Contains(proposal.Position))
            .ShouldBeEmpty("acknowledged commands are lost");
    }

    private ProposalRecord? ProposeAtLeader(string command) =>
        _cluster.Leader is { } leader && _cluster.Propose(Number(leader), command).Status == ProposeStatus.Accepted
            ? _cluster.Proposals[^1]
            : null;

    private bool IsUnderWay(ProposalRecord proposal) =>
        _cluster[proposal.Server].Role == Role.Leader && _cluster[proposal.Server].Node.CurrentTerm == proposal.Position.Term;

    private void DeliverSomething(bool inOrder)
    {
        HarnessNetwork network = _cluster.Network;
        while (network.InFlight.Count > InFlightMax)
        {
            network.TakeAt(_random.Next(network.InFlight.Count));
        }

        if (network.InFlight.Count > 0)
        {
            _cluster.Deliver(network.TakeAt(inOrder ? 0 : _random.Next(network.InFlight.Count)));
        }
    }

    private void Tick()
    {
        int id = AnyServer;
        for (int i = _random.Next(3) == 0 ? _random.Next(1, 12) : 1; i > 0; i--)
        {
            if (_cluster[id].IsUp)
            {
                _cluster.Tick(id);
            }
        }
    }

    private void FlushSomething()
    {
        HarnessServer server = _cluster[AnyServer];
        if (!server.IsUp || server.Disk.Hangs)
        {
            return;
        }

        if (server.Disk.Pending.Count > 0 && _random.Next(3) > 0)
        {
            _cluster.FlushOne(Number(server));
        }
        else if (server.UnstoredChunks.Count > 0)
        {
            _cluster.StoreChunk(Number(server));
        }
    }

    private void ClientRequest()
    {
        HarnessServer? server = _random.Next(4) == 0 ? _cluster[AnyServer] : _cluster.Leader;
        if (server is not { IsUp: true })
        {
            return;
        }

        if (_random.Next(3) == 0)
        {
            // A leader that was deposed without knowing is where a stale read would come from.
            HarnessServer oldest = _cluster.Servers.Where(other => other.Role == Role.Leader).MinBy(other => other.Node.CurrentTerm) ?? server;
            _cluster.Read(_random.Next(2) == 0 ? Number(oldest) : UpServerOr(Number(server)));
        }
        else
        {
            for (int i = _random.Next(1, 4); i > 0 && server.IsUp; i--)
            {
                _cluster.Propose(Number(server), $"c{++_commands}");
            }
        }
    }

    private int UpServerOr(int id)
    {
        int other = AnyServer;
        return _cluster[other].IsUp ? other : id;
    }

    private void Trouble()
    {
        // The leader is where it hurts.
        int id = _cluster.Leader is { } hurt && _random.Next(3) == 0 ? Number(hurt) : AnyServer;
        HarnessServer server = _cluster[id];
        switch (_random.Next(14))
        {
            case 0 when server.IsUp:
                _cluster.Crash(id, _random.Next(server.Disk.Pending.Count + 1));
                break;
            case 1 or 2 when !server.IsUp:
                _cluster.Restart(id);
                break;
            case 3:
                _cluster.Cut(id, OtherThan(id));
                break;
            case 4:
                _cluster.Isolate(id);
                break;
            case 5:
                _cluster.Trace?.Invoke("heal");
                _cluster.Network.HealAll();
                break;
            case 6 when _cluster.Network.InFlight.Count > 0:
                _cluster.Network.TakeAt(_random.Next(_cluster.Network.InFlight.Count));
                break;
            case 7 when _cluster.Network.InFlight.Count > 0:
                _cluster.Network.Duplicate(_random.Next(_cluster.Network.InFlight.Count));
                break;
            case 8 when server.IsUp:
                _cluster.TakeSnapshot(id, entriesKept: _random.Next(4));
                break;
            case 13 when server.IsUp:
                _cluster.ForgetLog(id, _random.Next(4), _random.Next(20));
                break;
            case 9 when server.IsUp && _cluster.Leader is { } leader && _cluster.InitialConfiguration.IsVoter(server.Id):
                _cluster.Transfer(Number(leader), id);
                break;
            case 10:
                server.FlushesAtOnce = !server.FlushesAtOnce;
                break;
            case 11 when server.IsUp && _random.Next(3) == 0:
                _cluster.HangDisk(id, !server.Disk.Hangs);
                break;
            case 12:
                LoseConnections(id);
                break;
        }
    }

    /// <summary>One connection breaks, or a process ends and all hear of it, or some; and it need not have ended at all.</summary>
    private void LoseConnections(int from)
    {
        if (_random.Next(2) == 0)
        {
            _cluster.ConnectionLost(from, OtherThan(from));
            return;
        }

        if (_random.Next(2) == 0 && _cluster[from].IsUp)
        {
            _cluster.Crash(from, _cluster[from].Disk.Pending.Count);
        }

        foreach (HarnessServer other in _cluster.Servers)
        {
            if (Number(other) != from && _random.Next(5) > 0)
            {
                _cluster.ConnectionLost(from, Number(other));
            }
        }
    }

    /// <summary>A stretch in which time and messages run, as far as what is broken lets them.</summary>
    private void RunSmoothly()
    {
        foreach (HarnessServer server in _cluster.Servers)
        {
            while (server.IsUp && !server.Disk.Hangs && server.Disk.Pending.Count > 0)
            {
                _cluster.FlushOne(Number(server));
            }
        }

        _cluster.RunTicks(_random.Next(1, 5));
    }

    private int OtherThan(int id)
    {
        int other = AnyServer;
        return other == id ? (id % _cluster.Servers.Count) + 1 : other;
    }

    private string Describe() => string.Join("; ", _cluster.Servers.Select(server =>
        $"{server.Id} {server.Node.Role} term {server.Node.CurrentTerm} log {server.Node.LastLog} commit {server.Node.CommitIndex} applied {server.State.Last.Index} " +
        $"disk {server.Disk.Log.Last}"));

    private static int Number(HarnessServer server) => (int)server.Id.Value;
}
