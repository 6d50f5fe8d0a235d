namespace Quorate.Client;

/// <summary>On what lease a lock or a candidacy rests.</summary>
public sealed record LockOptions
{
    /// <summary>
    /// The TTL of the lease that is made for it: for how long others wait when its holder dies without a word.
    /// </summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// A lease to rest on instead, which stays the caller's. One lease is one holder: who asks for the same lock with the
    /// same lease again has it already.
    /// </summary>
    public LeaseHandle? Lease { get; init; }
}
