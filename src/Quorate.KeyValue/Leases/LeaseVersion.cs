using System.Collections.Immutable;

namespace Quorate.KeyValue.Leases;

/// <summary>All leases as of one moment, for readers on any thread. How much of their time is left goes on by itself.</summary>
public sealed class LeaseVersion
{
    private readonly ImmutableSortedDictionary<long, Lease> _leases;
    private readonly LeaseClock _clock;

    internal LeaseVersion(ImmutableSortedDictionary<long, Lease> leases, LeaseClock clock)
    {
        _leases = leases;
        _clock = clock;
    }

    /// <summary>How many there are.</summary>
    public int Count => _leases.Count;

    /// <summary>All, in order of id.</summary>
    public IEnumerable<Lease> All => _leases.Values;

    /// <summary>A lease; null where there is none of that id.</summary>
    public Lease? Find(long id) => _leases.GetValueOrDefault(id);

    /// <summary>
    /// What is left of a lease's time as far as this member has seen it pass: never less than the truth. Zero when it is
    /// over and the lease is about to be revoked.
    /// </summary>
    public long RemainingMilliseconds(Lease lease)
    {
        ArgumentNullException.ThrowIfNull(lease);
        long left = lease.Countdown.DeadlineMilliseconds - _clock.NowMilliseconds;
        return Math.Clamp(left, 0, lease.TtlSeconds * 1000);
    }

    /// <summary>The ids of all, those first that have least time left.</summary>
    public long[] IdsByRemainingTime()
    {
        // Read once: they may go on changing while they are sorted.
        (long Deadline, long Id)[] all = [.. _leases.Values.Select(static lease => (lease.Countdown.DeadlineMilliseconds, lease.Id))];
        Array.Sort(all);
        return Array.ConvertAll(all, static one => one.Id);
    }
}
