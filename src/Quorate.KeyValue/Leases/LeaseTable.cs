using System.Collections.Immutable;

namespace Quorate.KeyValue.Leases;

/// <summary>
/// The leases of a store, and the member's own schedule of when to look at each. One thread writes; readers see
/// <see cref="Current"/>.
/// </summary>
/// <remarks>
/// <para>Replicated, and equal on all members after equal calls: ids, times granted and checkpointed, renewal numbers,
/// attached keys. Not replicated: the countdowns and the schedule, which tell when this member thinks that something is
/// to be proposed.</para>
/// <para>A countdown begins when the change is applied here, so on each member it ends no earlier than the time that the
/// lease's holder was promised, by that member's clock; whoever becomes leader goes on with what it has seen itself.</para>
/// <para>Invariant: a key is attached to a lease exactly when the newest version of the key says so.</para>
/// </remarks>
public sealed class LeaseTable
{
    private readonly ImmutableSortedDictionary<long, Lease>.Builder _leases = ImmutableSortedDictionary.CreateBuilder<long, Lease>();
    private readonly LeaseSchedule _schedule = new();
    private readonly LeaseClock _clock;
    private LeaseVersion _current;
    private bool _isUnpublished;

    /// <summary>A table without leases.</summary>
    public LeaseTable(LeaseClock clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        _clock = clock;
        _current = new LeaseVersion(_leases.ToImmutable(), clock);
    }

    /// <summary>What readers see: as of the last <see cref="Publish"/>.</summary>
    public LeaseVersion Current => Volatile.Read(ref _current);

    /// <summary>How many there are; for the writer.</summary>
    public int Count => _leases.Count;

    /// <summary>
    /// The table of a snapshot. Each lease has as much time left as was last replicated, unless the member has seen more of
    /// it pass: nobody knows better who was not there, but who has applied the same renewal was.
    /// </summary>
    /// <param name="clock">The member's clock for leases.</param>
    /// <param name="leases">The leases, without keys.</param>
    /// <param name="store">The store of the same snapshot: it tells which keys are attached.</param>
    /// <param name="known">What the member had before the snapshot, by the same clock.</param>
    /// <exception cref="InvalidDataException">No table can have been so.</exception>
    public static LeaseTable Load(LeaseClock clock, IEnumerable<LeaseRecord> leases, StoreVersion store, LeaseVersion? known = null)
    {
        ArgumentNullException.ThrowIfNull(leases);
        ArgumentNullException.ThrowIfNull(store);
        LeaseTable table = new(clock);
        SortedDictionary<long, ImmutableSortedSet<ReadOnlyMemory<byte>>.Builder> keys = [];
        foreach (LeaseRecord record in leases)
        {
            record.ThrowIfSenseless();
            if (!keys.TryAdd(record.Id, Lease.NoKeys.ToBuilder()))
            {
                throw new InvalidDataException($"lease {record.Id:x} is there twice");
            }

            Lease lease = new(record.Id, record.TtlSeconds, record.RemainingMilliseconds, record.RenewedAt);
            table.Start(lease);
            if (known?.Find(record.Id) is { } seen && seen.RenewedAt == record.RenewedAt)
            {
                table.EndBy(lease, seen.Countdown.DeadlineMilliseconds);
            }
        }

        foreach ((ReadOnlyMemory<byte> key, long id) in store.LeasedKeys())
        {
            if (!keys.TryGetValue(id, out var attached))
            {
                throw new InvalidDataException($"a key is attached to lease {id:x}, which is not there");
            }

            attached.Add(Own(key));
        }

        foreach ((long id, var attached) in keys)
        {
            table.Replace(table._leases[id] with { Keys = attached.ToImmutable() });
        }

        table.Publish();
        return table;
    }

    /// <summary>A lease as the writer sees it; null where there is none of that id.</summary>
    public Lease? Find(long id) => _leases.TryGetValue(id, out Lease? lease) ? lease : null;

    /// <summary>Grants a lease; there must be none of that id.</summary>
    /// <param name="id">Its id; not zero.</param>
    /// <param name="ttlSeconds">Its time to live, from one second to <see cref="LeaseTimes.TtlSecondsMax"/>.</param>
    /// <param name="index">Index of the command in the log.</param>
    public void Grant(long id, long ttlSeconds, long index)
    {
        ArgumentOutOfRangeException.ThrowIfZero(id);
        ArgumentOutOfRangeException.ThrowIfLessThan(ttlSeconds, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ttlSeconds, LeaseTimes.TtlSecondsMax);
        if (_leases.ContainsKey(id))
        {
            throw new ArgumentException($"there is a lease {id:x}", nameof(id));
        }

        Start(new Lease(id, ttlSeconds, ttlSeconds * 1000, index));
    }

    /// <summary>Gives a lease its whole time anew.</summary>
    public void Renew(Lease lease, long index)
    {
        ArgumentNullException.ThrowIfNull(lease);
        Lease renewed = lease with { RemainingMilliseconds = lease.TtlSeconds * 1000, RenewedAt = index };
        Replace(renewed);
        renewed.Countdown.DeadlineMilliseconds = DeadlineAfter(renewed.RemainingMilliseconds);
        Schedule(renewed);
    }

    /// <summary>
    /// Writes down what a leader has seen pass of a lease's time, so that no restart gives it back. A member that has
    /// itself seen more of it pass keeps to that.
    /// </summary>
    public void Checkpoint(LeaseDue seen)
    {
        if (Find(seen.Id) is not { } lease || !IsAsSeen(lease, seen) || seen.RemainingMilliseconds >= lease.RemainingMilliseconds)
        {
            return;
        }

        Lease checkpointed = lease with { RemainingMilliseconds = Math.Max(0, seen.RemainingMilliseconds) };
        Replace(checkpointed);
        EndBy(checkpointed, DeadlineAfter(checkpointed.RemainingMilliseconds));
    }

    /// <summary>Removes a lease. The keys that were attached to it are deleted before, by whoever removes it.</summary>
    public void Remove(long id)
    {
        if (Find(id) is { } lease)
        {
            _schedule.Remove(lease.Countdown);
            _leases.Remove(id);
            _isUnpublished = true;
        }
    }

    /// <summary>A key is attached to another lease than before; zero stands for none.</summary>
    public void Move(ReadOnlyMemory<byte> key, long from, long to)
    {
        if (from == to)
        {
            return;
        }

        if (from != 0 && Find(from) is { } left)
        {
            Replace(left with { Keys = left.Keys.Remove(key) });
        }

        if (to != 0 && Find(to) is { } joined)
        {
            Replace(joined with { Keys = joined.Keys.Add(Own(key)) });
        }
    }

    /// <summary>Shows readers what was changed, if anything was.</summary>
    public void Publish()
    {
        if (_isUnpublished)
        {
            _isUnpublished = false;
            Volatile.Write(ref _current, new LeaseVersion(_leases.ToImmutable(), _clock));
        }
    }

    /// <summary>
    /// Finds the leases whose time is over, and those of which a checkpoint is due, in order of time. Each is found
    /// again after <see cref="LeaseTimes.RetryMilliseconds"/>, unless what was found has changed it by then.
    /// </summary>
    /// <param name="expired">Where to add those whose time is over.</param>
    /// <param name="checkpoints">Where to add those to be checkpointed.</param>
    /// <param name="leasesMax">Most leases added to each.</param>
    /// <param name="keysMax">Most keys attached to those whose time is over, unless one alone has more.</param>
    public void TakeDue(List<LeaseDue> expired, List<LeaseDue> checkpoints, int leasesMax, int keysMax)
    {
        ArgumentNullException.ThrowIfNull(expired);
        ArgumentNullException.ThrowIfNull(checkpoints);
        long now = _clock.NowMilliseconds;
        long keys = 0;
        while (_schedule.First is { } countdown && countdown.DueMilliseconds <= now)
        {
            Lease lease = countdown.Lease;
            long left = countdown.DeadlineMilliseconds - now;
            if (left <= 0)
            {
                keys += lease.Keys.Count;
                if (expired.Count == leasesMax || (expired.Count > 0 && keys > keysMax))
                {
                    return;
                }

                expired.Add(new LeaseDue(lease.Id, lease.RenewedAt, 0));
            }
            else
            {
                if (checkpoints.Count == leasesMax)
                {
                    return;
                }

                checkpoints.Add(new LeaseDue(lease.Id, lease.RenewedAt, left));
            }

            _schedule.Set(countdown, now + LeaseTimes.RetryMilliseconds);
        }
    }

    private static bool IsAsSeen(Lease lease, LeaseDue seen)
    {
#if QUORATE_MUTANTS
        if (AppContext.GetData("Quorate.Mutant") is "CheckpointIgnoresRenewal")
        {
            return true;
        }
#endif
        return lease.RenewedAt == seen.RenewedAt;
    }

    /// <summary>The bytes of a key stand before its value's, which are not to be kept as long as the key is attached.</summary>
    private static ReadOnlyMemory<byte> Own(ReadOnlyMemory<byte> key) => key.ToArray();

    /// <summary>A change that is applied now may have come at any moment since the clock was last advanced.</summary>
    private long DeadlineAfter(long remainingMilliseconds) =>
        _clock.NowMilliseconds + _clock.StepMaxMilliseconds + remainingMilliseconds;

    private void Start(Lease lease)
    {
        _leases.Add(lease.Id, lease);
        _isUnpublished = true;
        lease.Countdown.DeadlineMilliseconds = DeadlineAfter(lease.RemainingMilliseconds);
        Schedule(lease);
    }

    /// <summary>Somebody has seen more of its time pass.</summary>
    private void EndBy(Lease lease, long deadlineMilliseconds)
    {
        LeaseCountdown countdown = lease.Countdown;
        countdown.DeadlineMilliseconds = Math.Min(countdown.DeadlineMilliseconds, deadlineMilliseconds);
        Schedule(lease);
    }

    private void Replace(Lease lease)
    {
        _leases[lease.Id] = lease;
        _isUnpublished = true;
        lease.Countdown.Lease = lease;
    }

    private void Schedule(Lease lease)
    {
        long deadline = lease.Countdown.DeadlineMilliseconds;
        long afterCheckpoint = lease.RemainingMilliseconds - LeaseTimes.CheckpointIntervalMilliseconds(lease.TtlSeconds);
        _schedule.Set(lease.Countdown, afterCheckpoint > 0 ? deadline - afterCheckpoint : deadline);
    }
}
