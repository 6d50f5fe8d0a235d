using System.Collections.Immutable;
using Quorate.Simulation.Checking;
using Quorate.Simulation.Faults;

namespace Quorate.Simulation.Runs;

/// <summary>How a run ended, and what happened in it.</summary>
public sealed record SimulationResult
{
    /// <summary>Its seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>What it agreed by.</summary>
    public SimulatedAlgorithm Algorithm { get; init; }

    /// <summary>Members of the cluster.</summary>
    public required int Members { get; init; }

    /// <summary>Families of faults, each with its intensity.</summary>
    public required ImmutableArray<(FaultFamily Family, int Intensity)> Faults { get; init; }

    /// <summary>What did not hold; null when all did.</summary>
    public required PropertyViolatedException? Violation { get; init; }

    /// <summary>Virtual time that passed.</summary>
    public required TimeSpan VirtualTime { get; init; }

    /// <summary>Events that happened.</summary>
    public required long Events { get; init; }

    /// <summary>Hash over all events: equal for equal runs.</summary>
    public required ulong TraceHash { get; init; }

    /// <summary>Strikes of faults, by family.</summary>
    public required IReadOnlyDictionary<string, long> Strikes { get; init; }

    /// <summary>Requests that clients made.</summary>
    public required long Requests { get; init; }

    /// <summary>Requests of clients that succeeded.</summary>
    public required long Succeeded { get; init; }

    /// <summary>Checks that came to no verdict within their bound.</summary>
    public required int Undecided { get; init; }

    /// <summary>Interesting states that the run came by.</summary>
    public required SimulationCoverage Coverage { get; init; }
}
