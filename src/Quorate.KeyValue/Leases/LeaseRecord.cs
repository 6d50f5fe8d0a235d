namespace Quorate.KeyValue.Leases;

/// <summary>What a snapshot keeps of a lease. Which keys are attached to it, the keys themselves tell.</summary>
/// <param name="Id">Its id.</param>
/// <param name="TtlSeconds">The time to live that was granted.</param>
/// <param name="RemainingMilliseconds">What was left of it when that was last replicated.</param>
/// <param name="RenewedAt">Its renewal number.</param>
public readonly record struct LeaseRecord(long Id, long TtlSeconds, long RemainingMilliseconds, long RenewedAt)
{
    /// <summary>What a snapshot keeps of a lease.</summary>
    public static LeaseRecord Of(Lease lease)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return new LeaseRecord(lease.Id, lease.TtlSeconds, lease.RemainingMilliseconds, lease.RenewedAt);
    }

    internal void ThrowIfSenseless()
    {
        if (Id == 0 || TtlSeconds is < 1 or > LeaseTimes.TtlSecondsMax || RenewedAt < 1
            || RemainingMilliseconds < 0 || RemainingMilliseconds > TtlSeconds * 1000)
        {
            throw new InvalidDataException($"no lease can be so: {this}");
        }
    }
}
