using System.Collections.Immutable;

namespace Quorate.Simulation.Comparison;

/// <summary>Raft and Paxos side by side.</summary>
public sealed record ComparisonResult
{
    /// <summary>The seed of it all.</summary>
    public required ulong Seed { get; init; }

    /// <summary>What both were put through.</summary>
    public required ComparisonOptions Options { get; init; }

    /// <summary>Messages that follow upon one another.</summary>
    public required ImmutableArray<DelayFigures> Delays { get; init; }

    /// <summary>Load without faults.</summary>
    public required ImmutableArray<LoadFigures> Calm { get; init; }

    /// <summary>Much more load, without faults.</summary>
    public required ImmutableArray<LoadFigures> Busy { get; init; }

    /// <summary>The load of <see cref="Calm"/> under the same faults: the same families strike the same members at the same times.</summary>
    public required ImmutableArray<LoadFigures> UnderFaults { get; init; }

    /// <summary>Members are killed: first their processes, of which the others hear, then their machines, of which nobody does; of each protocol.</summary>
    public required ImmutableArray<RecoveryFigures> Recovery { get; init; }

    /// <summary>Two proposers that delays keep in step, without back-off and with it.</summary>
    public required ImmutableArray<DuelFigures> Duels { get; init; }

    /// <summary>Two proposers whose delays vary, without back-off and with it.</summary>
    public required ImmutableArray<VaryingDuelFigures> VaryingDuels { get; init; }
}
