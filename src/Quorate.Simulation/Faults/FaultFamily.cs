namespace Quorate.Simulation.Faults;

/// <summary>A kind of fault. How often it strikes, and how hard, the <see cref="FaultInjector"/> draws from the seed.</summary>
/// <param name="Name">As on the command line, in lower case with dashes.</param>
/// <param name="Effect">What it does, in a few words.</param>
/// <param name="Strike">Does it once. What does not end by itself it ends later, through <see cref="FaultContext.Later"/>.</param>
public sealed record FaultFamily(string Name, string Effect, Action<FaultContext> Strike)
{
    /// <summary>Whether the cluster must have come up before the first strike, since it is promised nothing earlier.</summary>
    public bool NeedsFoundedCluster { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
