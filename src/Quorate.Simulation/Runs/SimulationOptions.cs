using System.Collections.Immutable;
using Quorate.Replica;
using Quorate.Simulation.Faults;

namespace Quorate.Simulation.Runs;

/// <summary>What a run is made of, besides its seed. What is not set is drawn from the seed.</summary>
public sealed record SimulationOptions
{
    /// <summary>Members; three or five unless set.</summary>
    public int? Members { get; init; }

    /// <summary>Families of faults; one to three unless set. An empty list is a run without faults.</summary>
    public ImmutableArray<FaultFamily>? Faults { get; init; }

    /// <summary>Virtual time with faults.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Strikes of faults after which there are no more.</summary>
    public long StrikesMax { get; init; } = long.MaxValue;

    /// <summary>Virtual time in which the cluster must elect, commit and converge once faults are over.</summary>
    public TimeSpan LivenessBound { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Where to write down everything that happens, in the format of docs/simulation.md; nowhere unless set. The run
    /// leaves it open.
    /// </summary>
    public Stream? Trace { get; init; }

    /// <summary>Changes the settings of the replicas further.</summary>
    public Func<ReplicaOptions, ReplicaOptions>? ConfigureReplica { get; init; }
}
