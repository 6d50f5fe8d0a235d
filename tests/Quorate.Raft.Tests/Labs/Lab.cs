using System.Text;
using Quorate.Raft.Tests.Harness;

namespace Quorate.Raft.Tests.Labs;

/// <summary>
/// What the tests of the MIT 6.5840 Raft labs do to a cluster, in virtual ticks: servers are connected or not, commands
/// are agreed on, leaders are counted. Servers have the ids from one.
/// </summary>
public sealed class Lab
{
    /// <summary>Long enough for several elections, also with lost messages.</summary>
    public const int ElectionTicks = 80;

    private const int AgreementTicksMax = 2000;
    private const int AttemptTicks = 120;

    /// <summary>A tenth of all messages is lost, some come twice, most overtake each other.</summary>
    private static readonly NetworkWeather Unreliable = new(DropPercent: 10, DuplicatePercent: 5, DelayTicksMax: 2);

    private readonly bool[] _connected;
    private readonly int _snapshotEvery;

    public Lab(int servers, ulong seed, bool unreliable = false, int snapshotEvery = 0)
    {
        Random = new SeededRandom(seed);
        Cluster = new HarnessCluster(new HarnessClusterOptions { Voters = servers, Seed = seed });
        Cluster.Network.Weather = unreliable ? Unreliable : NetworkWeather.Calm;
        _connected = [.. Enumerable.Repeat(true, servers + 1)];
        _snapshotEvery = snapshotEvery;
    }

    public HarnessCluster Cluster { get; }

    public SeededRandom Random { get; }

    public int Servers => Cluster.Servers.Count;

    public IEnumerable<int> Ids => Enumerable.Range(1, Servers);

    /// <summary>Many answers come very late, so that they overtake later ones.</summary>
    public void ReorderLong() => Cluster.Network.Weather = Unreliable with { LongDelayPercent = 30, LongDelayTicks = 40 };

    public bool IsUp(int id) => Cluster[id].IsUp;

    public bool IsConnected(int id) => _connected[id];

    public bool IsLeader(int id) => Cluster[id].Role == Role.Leader;

    /// <summary>The next server in the ring.</summary>
    public int After(int id, int steps = 1) => ((id - 1 + steps) % Servers) + 1;

    public void Run(int ticks)
    {
        for (int i = 0; i < ticks; i++)
        {
            RunTick();
        }
    }

    public void Disconnect(int id)
    {
        _connected[id] = false;
        Cluster.Isolate(id);
    }

    public void Connect(int id)
    {
        _connected[id] = true;
        Cluster.Join(id, other => !_connected[other]);
    }

    public void Crash(int id) => Cluster.Crash(id);

    public void Restart(int id) => Cluster.Restart(id);

    /// <summary>Waits until the connected servers have a leader, and no term has two.</summary>
    public int CheckOneLeader()
    {
        Cluster.RunUntil(() => ConnectedLeader() is not null, AgreementTicksMax);
        int? leader = ConnectedLeader();
        leader.ShouldNotBeNull("no leader was elected");
        return leader.Value;
    }

    public void CheckNoLeader() => Ids.Where(id => _connected[id] && IsUp(id)).ShouldAllBe(id => !IsLeader(id));

    public long CheckTerms()
    {
        long[] terms = [.. Ids.Where(id => _connected[id] && IsUp(id)).Select(id => Cluster[id].Node.CurrentTerm).Distinct()];
        terms.Length.ShouldBe(1, $"the servers disagree on the term: {string.Join(' ', terms)}");
        return terms[0];
    }

    /// <summary>How many servers have applied the command at the index.</summary>
    public int Committed(long index, string command) =>
        Cluster.Servers.Count(server => server.State.Last.Index >= index && TextAt(server, index) == command);

    /// <summary>How many servers have applied the command, anywhere.</summary>
    public int Committed(string command) => Cluster.Servers.Count(server => server.State.Commands.Contains(command));

    /// <summary>Agrees on one command among at least so many servers; where a leader fails, and it may, tries another.</summary>
    /// <returns>The index it has.</returns>
    public long Agree(string command, int servers, bool retry = true)
    {
        for (int ticks = 0; ticks < AgreementTicksMax;)
        {
            if (ConnectedLeader() is not { } leader || Cluster.Propose(leader, command) is not { Status: ProposeStatus.Accepted } accepted)
            {
                RunTick();
                ticks++;
                continue;
            }

            for (int i = 0; i < AttemptTicks; i++, ticks++)
            {
                RunTick();
                if (Committed(accepted.Position.Index, command) >= servers)
                {
                    return accepted.Position.Index;
                }
            }

            retry.ShouldBeTrue($"no agreement on \"{command}\"");
        }

        Assert.Fail($"no agreement on \"{command}\" among {servers} servers");
        return 0;
    }

    /// <summary>All servers have applied the same, and it contains what clients were told to be done.</summary>
    public void CheckNothingLost()
    {
        HashSet<string> commands = [.. Cluster.Servers[0].State.Commands];
        Cluster.Proposals.Where(proposal => proposal.Acknowledged && !commands.Contains(proposal.Command))
            .ShouldBeEmpty("acknowledged commands are lost");
        Cluster.Servers.Select(server => server.State.Hash).Distinct().Count().ShouldBe(1, "the state machines differ");
    }

    private int? ConnectedLeader()
    {
        int? leader = null;
        foreach (int id in Ids)
        {
            if (_connected[id] && IsLeader(id) && (leader is null || Cluster[id].Node.CurrentTerm > Cluster[leader.Value].Node.CurrentTerm))
            {
                leader = id;
            }
        }

        return leader;
    }

    private void RunTick()
    {
        Cluster.RunTicks(1);
        if (_snapshotEvery == 0)
        {
            return;
        }

        foreach (int id in Ids)
        {
            if (IsUp(id) && Cluster[id].State.Last.Index - (Cluster[id].Disk.Snapshot?.LastIncluded.Index ?? 0) >= _snapshotEvery)
            {
                Cluster.TakeSnapshot(id, entriesKept: 0);
            }
        }
    }

    private static string TextAt(HarnessServer server, long index) =>
        Encoding.UTF8.GetString(server.State.Entries[(int)index - 1].Command.Span);
}
