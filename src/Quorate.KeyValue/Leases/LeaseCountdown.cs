namespace Quorate.KeyValue.Leases;

/// <summary>
/// The end of a lease's time on one member's own <see cref="LeaseClock"/>. It is not replicated, and dies with the
/// process. The writer sets it; any thread may read <see cref="DeadlineMilliseconds"/>.
/// </summary>
internal sealed class LeaseCountdown(Lease lease)
{
    private long _deadlineMilliseconds;

    /// <summary>The lease as of its last change; for the writer's thread.</summary>
    public Lease Lease { get; set; } = lease;

    /// <summary>When its time is over.</summary>
    public long DeadlineMilliseconds
    {
        get => Volatile.Read(ref _deadlineMilliseconds);
        set => Volatile.Write(ref _deadlineMilliseconds, value);
    }

    /// <summary>When to look at it next: <see cref="LeaseSchedule"/> is in order of this.</summary>
    public long DueMilliseconds { get; set; }

    /// <summary>Its place in the <see cref="LeaseSchedule"/>; -1 when it is not in it.</summary>
    public int Place { get; set; } = -1;
}
