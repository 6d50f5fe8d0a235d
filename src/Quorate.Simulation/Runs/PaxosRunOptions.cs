using System.Collections.Immutable;
using Quorate.Paxos;
using Quorate.Simulation.Faults;

namespace Quorate.Simulation.Runs;

/// <summary>What a run of Paxos is made of, besides its seed. What is not set is drawn from the seed.</summary>
public sealed record PaxosRunOptions
{
    /// <summary>Members; three or five unless set.</summary>
    public int? Members { get; init; }

    /// <summary>Families of faults, each of <see cref="PaxosRun.Families"/>; one to three unless set.</summary>
    public ImmutableArray<FaultFamily>? Faults { get; init; }

    /// <summary>Virtual time with faults.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Strikes of faults after which there are no more.</summary>
    public long StrikesMax { get; init; } = long.MaxValue;

    /// <summary>Virtual time in which values must be chosen, and known to all, once faults are over.</summary>
    public TimeSpan LivenessBound { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Values that clients propose in a virtual second, to whichever member.</summary>
    public int ValuesPerSecond { get; init; } = 5;

    /// <summary>Where to write down everything that happens, in the format of docs/simulation.md; nowhere unless set. It is left open.</summary>
    public Stream? Trace { get; init; }

    /// <summary>Changes the settings of the members.</summary>
    public Func<PaxosOptions, PaxosOptions>? ConfigurePaxos { get; init; }
}
