using System.Collections.Immutable;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Runs;

namespace Quorate.Simulation.Comparison;

/// <summary>What both protocols are put through.</summary>
public sealed record ComparisonOptions
{
    /// <summary>Members.</summary>
    public int Members { get; init; } = 3;

    /// <summary>Commands that clients propose in a virtual second, each at a member chosen at random.</summary>
    public int CommandsPerSecond { get; init; } = 20;

    /// <summary>The same where clients give them more to do than one decision after another can carry.</summary>
    public int BusyCommandsPerSecond { get; init; } = 500;

    /// <summary>Virtual time of that.</summary>
    public TimeSpan BusyDuration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of a command.</summary>
    public int CommandBytes { get; init; } = 128;

    /// <summary>Virtual time of load without faults, and again of load with faults.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a member is killed to see how long nothing is decided.</summary>
    public int Kills { get; init; } = 20;

    /// <summary>Families of faults that strike both alike; each must be one of <see cref="PaxosRun.Families"/>.</summary>
    public ImmutableArray<FaultFamily> Faults { get; init; } =
    [
        .. PaxosRun.Families.Where(static family => family.Name is "loss" or "hold-up" or "power-loss" or "isolation" or "slow-disk"),
    ];

    /// <summary>How hard they strike, from 1 to <see cref="FaultInjector.IntensityMax"/>.</summary>
    public int FaultIntensity { get; init; } = 3;

    /// <summary>Duels fought in a world whose delays vary, each from a seed of its own.</summary>
    public int Duels { get; init; } = 100;

    /// <summary>Virtual time after which a duel without a winner is called off.</summary>
    public TimeSpan DuelBound { get; init; } = TimeSpan.FromSeconds(60);
}
