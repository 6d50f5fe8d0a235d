namespace Quorate.Simulation.Checking.Leases;

/// <summary>
/// A lease that nobody revokes lives as long as an answer has promised, counted from the moment of asking; by true time,
/// within what the world does to clocks.
/// </summary>
/// <param name="clockRateMax">How many times too fast a member's clock may go.</param>
/// <param name="clockJumpsAllowance">What jumps of clocks may take off a lease: a step of the lease clock each, after the first.</param>
public sealed class KeptLeases(double clockRateMax, TimeSpan clockJumpsAllowance)
{
    /// <summary>Name of the property.</summary>
    public const string Property = "kept leases";

    /// <summary>Checks one lease.</summary>
    /// <exception cref="PropertyViolatedException">It was gone too soon.</exception>
    public void Require(LeaseStory lease)
    {
        ArgumentNullException.ThrowIfNull(lease);
        if (lease.Gone is not { } gone || lease.RevokeAsked <= gone)
        {
            return;
        }

        foreach (LeasePromise promise in lease.Promises)
        {
            TimeSpan least = (promise.TimeToLive / clockRateMax) - clockJumpsAllowance;
            if (gone < promise.Asked + least)
            {
                throw new PropertyViolatedException(
                    Property,
                    $"lease {lease.Id:x} was gone at {gone.TotalSeconds:0.000} s, though it was promised {promise.TimeToLive.TotalSeconds} s to who asked at "
                    + $"{promise.Asked.TotalSeconds:0.000} s and heard at {promise.Answered.TotalSeconds:0.000} s");
            }
        }
    }
}
