namespace Quorate.Simulation.Checking.Histories;

/// <summary>What <see cref="RevisionChecker"/> asks for, and how long it looks.</summary>
public sealed record RevisionCheckerOptions
{
    /// <summary>
    /// Whether what one client reads from one life of one member never goes back: that member's state only grows.
    /// </summary>
    public bool SessionsAreMonotonic { get; init; } = true;

    /// <summary>
    /// Most requests that are replayed. A history without writes of unknown outcome takes one each; where it is open which
    /// of them made which revision, the ways are tried one after the other.
    /// </summary>
    public long StepsMax { get; init; } = 1_000_000;
}
