namespace Quorate.Simulation.Checking.Leases;

/// <summary>An answered grant or renewal.</summary>
/// <param name="Asked">When it was asked for: the client may count on the lease from then on.</param>
/// <param name="Answered">When the answer was heard.</param>
/// <param name="TimeToLive">What was promised.</param>
public readonly record struct LeasePromise(TimeSpan Asked, TimeSpan Answered, TimeSpan TimeToLive);
