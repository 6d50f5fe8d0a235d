using Quorate.Simulation.Runs;

namespace Quorate.Server.CommandLine.Simulation;

/// <summary>How long and how broadly to hunt.</summary>
internal sealed record HuntOptions
{
    /// <summary>In a hunt of both algorithms one seed of so many is one of Paxos.</summary>
    public const int PaxosInterval = 8;

    /// <summary>What every run is made of, but for its seed.</summary>
    public required SimulationCase Template { get; init; }

    /// <summary>The first seed; the others follow it.</summary>
    public required ulong FirstSeed { get; init; }

    /// <summary>Wall time after which no more runs begin; null for no bound.</summary>
    public TimeSpan? WallTime { get; init; }

    /// <summary>Most runs; null for no bound.</summary>
    public long? SeedsMax { get; init; }

    /// <summary>Runs at a time, each on a thread of its own.</summary>
    public required int Jobs { get; init; }

    /// <summary>Failures after which the hunt ends.</summary>
    public int FailuresMax { get; init; } = 10;

    /// <summary>Folder for the traces of failures.</summary>
    public string TraceFolder { get; init; } = ".";

    /// <summary>What is hunted.</summary>
    public HuntedAlgorithm Algorithm { get; init; }

    /// <summary>The run of a seed: which algorithm it is depends on the seed alone.</summary>
    public SimulationCase CaseOf(ulong seed) =>
        Algorithm == HuntedAlgorithm.Paxos || (Algorithm == HuntedAlgorithm.Both && seed % PaxosInterval == 0)
            ? Template with { Seed = seed, Algorithm = SimulatedAlgorithm.Paxos, Faults = SimulationAlgorithms.ForPaxos(Template.Faults) }
            : Template with { Seed = seed };
}
