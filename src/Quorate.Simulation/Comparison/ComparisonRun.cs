using System.Collections.Immutable;
using Quorate.Raft;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Runs;

namespace Quorate.Simulation.Comparison;

/// <summary>
/// Puts Raft and Paxos through the same load and the same failures, from one seed, in the same world, and says what it
/// cost them (spec P1). Both run their real code on simulated disks and networks; docs/paxos-raft-zab.md says what the
/// figures mean.
/// </summary>
public sealed class ComparisonRun
{
    private const int DelayCommands = 20;
    private const ulong FirstOwnNumber = 1UL << 32;
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_betweenKills = TimeSpan.FromSeconds(6);
    private static readonly ImmutableArray<ComparedProtocol> s_protocols = [ComparedProtocol.Raft, ComparedProtocol.Paxos];

    private readonly ulong _seed;
    private readonly ComparisonOptions _options;
    private readonly SimulatedWorldOptions _world;

    /// <summary>Prepares it; nothing happens yet.</summary>
    public ComparisonRun(ulong seed, ComparisonOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Members, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.CommandsPerSecond, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BusyCommandsPerSecond, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.CommandBytes, sizeof(ulong));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Kills, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Duels, 1);
        if (options.Faults.FirstOrDefault(static family => !PaxosRun.Families.Contains(family)) is { } other)
        {
            throw new ArgumentException($"'{other.Name}' strikes only a replica: both protocols must be struck alike");
        }

        _seed = seed;
        _options = options;
        _world = new SimulatedWorldOptions { Members = options.Members };
    }

    /// <summary>Carries it out.</summary>
    public ComparisonResult Execute() => new()
    {
        Seed = _seed,
        Options = _options,
        Delays = Delays(),
        Calm = [.. s_protocols.Select(protocol => UnderLoad(protocol, _options.CommandsPerSecond, _options.Duration, withFaults: false))],
        Busy = [.. s_protocols.Select(protocol => UnderLoad(protocol, _options.BusyCommandsPerSecond, _options.BusyDuration, withFaults: false))],
        UnderFaults = [.. s_protocols.Select(protocol => UnderLoad(protocol, _options.CommandsPerSecond, _options.Duration, withFaults: true))],
        Recovery = [.. s_protocols.Select(protocol => Recovery(protocol, isPowerLoss: false)), .. s_protocols.Select(protocol => Recovery(protocol, isPowerLoss: true))],
        Duels = [DuelInStep(backOff: false), DuelInStep(backOff: true)],
        VaryingDuels = [VaryingDuels(backOff: false), VaryingDuels(backOff: true)],
    };

    /// <summary>In a world where only messages take time, time is counted in messages.</summary>
    private ImmutableArray<DelayFigures> Delays()
    {
        TimeSpan delay = TimeSpan.FromMilliseconds(10);
        SimulatedWorldOptions world = _world with { WorkStepMin = TimeSpan.Zero, WorkStepMax = TimeSpan.Zero, LoopDelayMax = TimeSpan.Zero };
        var figures = ImmutableArray.CreateBuilder<DelayFigures>();
        foreach ((ComparedProtocol protocol, bool atLeader, string name) in
            ((ComparedProtocol Protocol, bool AtLeader, string Name)[])
            [(ComparedProtocol.Raft, true, "the leader"), (ComparedProtocol.Raft, false, "a follower"), (ComparedProtocol.Paxos, false, "any member")])
        {
            ComparedCluster cluster = ComparedCluster.Create(protocol, _seed, world);
            cluster.World.Network.Conditions = NetworkConditions.Calm with { DelayMin = delay, DelayMax = delay };
            cluster.Found();
            List<TimeSpan> took = [];
            for (int i = 0; i < DelayCommands; i++)
            {
                SimulatedMember leader = cluster.World.Leader() ?? cluster.World.Members[0];
                SimulatedMember asked = atLeader ? leader : cluster.World.Members[(int)(leader.Id.Value % (ulong)_options.Members)];
                cluster.Decide(asked, FirstOwnNumber + (ulong)i, _options.CommandBytes, out TimeSpan one);
                took.Add(one);
                cluster.World.RunFor(TimeSpan.FromMilliseconds(1234));
            }

            figures.Add(new DelayFigures(protocol, name, Load.Percentile(took, 500) / delay));
        }

        return figures.ToImmutable();
    }

    private LoadFigures UnderLoad(ComparedProtocol protocol, int commandsPerSecond, TimeSpan duration, bool withFaults)
    {
        ComparedCluster cluster = ComparedCluster.Create(protocol, _seed, _world);
        SimulatedWorld world = cluster.World;
        cluster.Found();
        long framesBefore = world.Network.FramesSent;
        world.RunFor(s_settle);
        double idle = (world.Network.FramesSent - framesBefore) / s_settle.TotalSeconds;

        var random = new SeededRandom(_seed);
        var injector = new FaultInjector(world) { AimsAtLeaders = false };
        var supervisor = new Operator(world, new SimulationCoverage(), random.Fork());
        supervisor.Begin();
        if (withFaults)
        {
            foreach (FaultFamily family in _options.Faults)
            {
                injector.Begin(family, _options.FaultIntensity, random.Fork());
            }
        }

        (long frames, long bytes, long flushes) = (world.Network.FramesSent, world.Network.BytesSent, cluster.Flushes);
        (long preempted, long ballots) = (cluster.Preempted, cluster.ElectionsOrBallots);
        var load = new Load(cluster, commandsPerSecond, _options.CommandBytes, _seed + 1);
        load.Begin(duration);
        world.RunFor(duration);
        frames = world.Network.FramesSent - frames;
        bytes = world.Network.BytesSent - bytes;
        flushes = cluster.Flushes - flushes;
        double decided = Math.Max(1, load.Decided);
        injector.End();
        world.RunFor(s_settle);
        return new LoadFigures
        {
            Protocol = protocol,
            Proposed = load.Proposed,
            Decided = load.Decided,
            MessagesPerCommand = frames / decided,
            BytesPerCommand = bytes / decided,
            FlushesPerCommand = flushes / decided,
            IdleMessagesPerSecond = idle,
            MedianToDecide = load.TookPerMille(500),
            P99ToDecide = load.TookPerMille(990),
            LongestSilence = load.LongestSilence,
            Preempted = cluster.Preempted - preempted,
            ElectionsOrBallots = cluster.ElectionsOrBallots - ballots,
        };
    }

    /// <summary>Ends the member that matters most, again and again, and waits for the next decision.</summary>
    private RecoveryFigures Recovery(ComparedProtocol protocol, bool isPowerLoss)
    {
        ComparedCluster cluster = ComparedCluster.Create(protocol, _seed, _world);
        SimulatedWorld world = cluster.World;
        cluster.Found();
        var load = new Load(cluster, 5 * _options.CommandsPerSecond, _options.CommandBytes, _seed + 2);
        load.Begin(TimeSpan.FromDays(1));
        world.RunFor(s_settle);
        List<TimeSpan> silences = [];
        string name = cluster.MostWanted.Name;
        for (int i = 0; i < _options.Kills; i++)
        {
            SimulatedMember victim = cluster.MostWanted.Member;
            TimeSpan killed = world.Now;
            TimeSpan? decided = null;
            load.DecidedOne = began => decided ??= began >= killed ? world.Now : null;
            if (isPowerLoss)
            {
                victim.Crash();
            }
            else
            {
                victim.Kill();
            }

            world.RunUntil(() => decided is not null, TimeSpan.FromMinutes(1));
            silences.Add((decided ?? world.Now) - killed);
            world.RunFor(s_betweenKills);
            victim.Start();
            world.RunFor(s_betweenKills);
        }

        return new RecoveryFigures(protocol, name, isPowerLoss, _options.Kills, Load.Percentile(silences, 500), silences.Max());
    }

    /// <summary>
    /// Each step of a disk takes as long as a message, so that the news of a rejection is back before a promise is: the
    /// rhythm in which two proposers without back-off hold each other up for ever.
    /// </summary>
    private DuelFigures DuelInStep(bool backOff)
    {
        TimeSpan step = TimeSpan.FromMilliseconds(1);
        SimulatedWorldOptions world = _world with { WorkStepMin = step, WorkStepMax = step, LoopDelayMax = TimeSpan.Zero };
        PaxosCluster cluster = Duellists(_seed, world, backOff);
        cluster.World.Network.Conditions = NetworkConditions.Calm with { DelayMin = step, DelayMax = step };
        TimeSpan? took = Duel(cluster);
        return new DuelFigures(backOff, took, cluster.ElectionsOrBallots, cluster.Preempted);
    }

    private VaryingDuelFigures VaryingDuels(bool backOff)
    {
        List<TimeSpan> took = [];
        int decided = 0;
        for (int i = 0; i < _options.Duels; i++)
        {
            TimeSpan? one = Duel(Duellists(_seed + (ulong)i, _world, backOff));
            decided += one is null ? 0 : 1;
            took.Add(one ?? _options.DuelBound);
        }

        return new VaryingDuelFigures(backOff, _options.Duels, decided, Load.Percentile(took, 500), took.Max());
    }

    private static PaxosCluster Duellists(ulong seed, SimulatedWorldOptions world, bool backOff) =>
        new(seed, world, options => options with { InstancesMax = 1, BackOffTicks = backOff ? options.BackOffTicks : 0 });

    /// <summary>Two members propose at once; returns when a value was chosen, or null if none was before the duel was called off.</summary>
    private TimeSpan? Duel(PaxosCluster cluster)
    {
        cluster.Found();
        TimeSpan began = cluster.World.Now;
        for (int i = 0; i < 2; i++)
        {
            cluster.Propose(cluster.World.Members[i], FirstOwnNumber + (ulong)i, _options.CommandBytes, static () => { });
        }

        return cluster.World.RunUntil(() => cluster.IsDecided(1), _options.DuelBound) ? cluster.World.Now - began : null;
    }
}
