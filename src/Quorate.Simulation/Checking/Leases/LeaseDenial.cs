namespace Quorate.Simulation.Checking.Leases;

/// <summary>An answer that there is no such lease.</summary>
/// <param name="Asked">When it was asked.</param>
/// <param name="Answered">When the answer was heard.</param>
public readonly record struct LeaseDenial(TimeSpan Asked, TimeSpan Answered);
