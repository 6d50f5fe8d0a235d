namespace Quorate.Simulation.Workloads;

/// <summary>How much the clients of a <see cref="KeyValueWorkload"/> do.</summary>
public sealed record KeyValueWorkloadOptions
{
    /// <summary>Clients; each waits for the end of one request before it makes the next.</summary>
    public int Clients { get; init; } = 5;

    /// <summary>Requests of all clients together in a virtual second, as long as they are answered at once.</summary>
    public int RequestsPerSecond { get; init; } = 50;

    /// <summary>Keys that they share.</summary>
    public int Keys { get; init; } = 20;

    /// <summary>Revisions that are kept behind the present when somebody compacts.</summary>
    public int RevisionsKept { get; init; } = 50;

    /// <summary>How long a client waits before it gives a request up.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Most states that the search for a linearization looks at.</summary>
    public long LinearizabilityStepsMax { get; init; } = 200_000;

    /// <summary>Chance, out of a thousand, that a request or its answer is lost between client and member while faults last.</summary>
    public int LossPerMille { get; init; } = 5;

    /// <summary>Clients that watch what the others write.</summary>
    public int Watchers { get; init; } = 4;
}
