namespace Quorate.KeyValue.Leases;

/// <summary>The times that rule leases.</summary>
public static class LeaseTimes
{
    /// <summary>The longest time to live, as etcd's: some 285 years.</summary>
    public const long TtlSecondsMax = 9_000_000_000;

    /// <summary>
    /// The longest that a lease goes without a checkpoint. A lease of a short time to live is checkpointed once half of
    /// it has passed: clients renew after a third, so theirs cost none.
    /// </summary>
    public const long CheckpointIntervalMillisecondsMax = 60_000;

    /// <summary>What was proposed for a lease and had no effect is proposed again after so long.</summary>
    public const long RetryMilliseconds = 1_000;

    /// <summary>How much of a lease's time passes before what is left of it is replicated.</summary>
    public static long CheckpointIntervalMilliseconds(long ttlSeconds) =>
        Math.Min(ttlSeconds * 1000 / 2, CheckpointIntervalMillisecondsMax);
}
