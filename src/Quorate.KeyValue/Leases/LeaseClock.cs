namespace Quorate.KeyValue.Leases;

/// <summary>
/// The clock by which one member counts leases down. It follows the member's monotonic clock, but takes no step longer
/// than it is allowed: a clock that jumps ahead ends no lease, and time in which the member stood still and could have
/// heard of no renewal does not count. Leases may so end late; they do not end early.
/// </summary>
/// <remarks>One thread advances it; any thread may read it.</remarks>
public sealed class LeaseClock
{
    private long _nowMilliseconds;
    private TimeSpan _rest;
    private TimeSpan? _last;

    /// <summary>What it shows; counts from the start of the process.</summary>
    public long NowMilliseconds => Volatile.Read(ref _nowMilliseconds);

    /// <summary>
    /// The longest step it takes. What begins between two steps is counted from the end of the longest that can follow:
    /// too long rather than too short.
    /// </summary>
    public long StepMaxMilliseconds { get; private set; }

    /// <summary>Follows the member's clock.</summary>
    /// <param name="now">What that shows: a moment of a clock that never goes back.</param>
    /// <param name="stepMax">The most by which this one goes on.</param>
    public void Advance(TimeSpan now, TimeSpan stepMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(stepMax, TimeSpan.Zero);
        StepMaxMilliseconds = (long)Math.Ceiling(stepMax.TotalMilliseconds);
        TimeSpan passed = _last is { } last ? now - last : TimeSpan.Zero;
        _last = now;
        bool isCapped = true;
#if QUORATE_MUTANTS
        isCapped = AppContext.GetData("Quorate.Mutant") is not "LeaseClockFollowsJumps";
#endif
        if (isCapped && passed > stepMax)
        {
            passed = stepMax;
        }

        _rest += passed;
        long whole = _rest.Ticks / TimeSpan.TicksPerMillisecond;
        _rest -= TimeSpan.FromTicks(whole * TimeSpan.TicksPerMillisecond);
        Volatile.Write(ref _nowMilliseconds, _nowMilliseconds + whole);
    }
}
