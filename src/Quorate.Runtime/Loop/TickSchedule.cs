namespace Quorate.Runtime;

/// <summary>
/// When ticks are due. After a stall (a paused process, a machine without a free core) only a few are made up for: a
/// member must not take the time that it slept for silence of the others, and depose a leader that it had no chance
/// to hear.
/// </summary>
internal sealed class TickSchedule
{
    /// <summary>Most ticks that one look at the clock gives. Fewer than any election timeout needs.</summary>
    public const int CatchUpTicksMax = 2;

    private readonly TimeSpan _interval;
    private TimeSpan _next;

    public TickSchedule(TimeSpan interval, TimeSpan now)
    {
        _interval = interval;
        _next = now + interval;
    }

    /// <summary>How many ticks to give now.</summary>
    public int TakeDue(TimeSpan now)
    {
        if (now < _next)
        {
            return 0;
        }

        long due = ((now - _next).Ticks / _interval.Ticks) + 1;
        _next += _interval * due;
        return (int)Math.Min(due, CatchUpTicksMax);
    }

    /// <summary>How long until the next.</summary>
    public TimeSpan UntilNext(TimeSpan now) => _next > now ? _next - now : TimeSpan.Zero;
}
