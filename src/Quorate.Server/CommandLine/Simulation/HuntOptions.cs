using Quorate.Simulation.Runs;

namespace Quorate.Server.CommandLine.Simulation;

/// <summary>How long and how broadly to hunt.</summary>
internal sealed record HuntOptions
{
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
}
