namespace Quorate.Simulation.Workloads;

/// <summary>How much the clients of a <see cref="LeaseWorkload"/> do.</summary>
public sealed record LeaseWorkloadOptions
{
    /// <summary>Clients; each has one lease at a time.</summary>
    public int Clients { get; init; } = 5;

    /// <summary>The shortest time to live that clients ask for.</summary>
    public int TtlSecondsMin { get; init; } = 4;

    /// <summary>The longest.</summary>
    public int TtlSecondsMax { get; init; } = 12;

    /// <summary>How long a client waits before it gives a request up.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Chance, out of a thousand, that a request or its answer is lost between client and member while faults last.</summary>
    public int LossPerMille { get; init; } = 5;

    /// <summary>How long after the last request of a client a lease may still be there.</summary>
    public TimeSpan EndBound { get; init; } = TimeSpan.FromSeconds(40);
}
