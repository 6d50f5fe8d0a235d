namespace Quorate.Simulation.Checking.Leases;

/// <summary>
/// A lease that somebody has heard to be gone, revoked or expired, is gone for good: whoever asks later to have it renewed
/// hears so.
/// </summary>
public static class EndedLeases
{
    /// <summary>Name of the property.</summary>
    public const string Property = "ended leases";

    /// <summary>Checks one lease.</summary>
    /// <exception cref="PropertyViolatedException">It was renewed after its end.</exception>
    public static void Require(LeaseStory lease)
    {
        ArgumentNullException.ThrowIfNull(lease);
        TimeSpan? known = lease.RevokeAnswered;
        foreach (LeaseDenial denial in lease.Denials)
        {
            known = known is { } earlier && earlier <= denial.Answered ? earlier : denial.Answered;
        }

        foreach (LeasePromise promise in lease.Promises)
        {
            if (promise.Asked > known)
            {
                throw new PropertyViolatedException(
                    Property,
                    $"lease {lease.Id:x} was known to be gone at {known.Value.TotalSeconds:0.000} s, and renewed for who asked at {promise.Asked.TotalSeconds:0.000} s");
            }
        }
    }
}
