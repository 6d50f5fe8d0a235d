using System.Diagnostics;

namespace Quorate.Server.Benchmark;

/// <summary>
/// When a measurement counts and when it ends: after everything has warmed up, for so long; or for so many calls, from
/// the first on.
/// </summary>
internal sealed class LoadClock
{
    private readonly long _from;
    private readonly long _to;
    private long _callsLeft;

    private LoadClock(TimeSpan warmUp, TimeSpan duration, long calls)
    {
        _from = Stopwatch.GetTimestamp() + (long)(warmUp.TotalSeconds * Stopwatch.Frequency);
        _to = _from + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        _callsLeft = calls;
    }

    /// <summary>Whether time is up.</summary>
    public bool IsTimeUp => Stopwatch.GetTimestamp() >= _to;

    /// <summary>Whether nothing more is to be begun.</summary>
    public bool IsOver => Volatile.Read(ref _callsLeft) <= 0 || IsTimeUp;

    /// <summary>For how long it has counted.</summary>
    public TimeSpan Counted => Stopwatch.GetElapsedTime(_from, Math.Min(_to, Stopwatch.GetTimestamp()));

    /// <summary>Starts the clock of a load.</summary>
    public static LoadClock Start(LoadOptions options) => options.Calls is { } calls
        ? new LoadClock(TimeSpan.Zero, TimeSpan.FromDays(1), calls)
        : new LoadClock(options.WarmUp, options.Duration, long.MaxValue);

    /// <summary>Whether one more call may begin, which is then counted as begun.</summary>
    public bool TryBegin() => !IsOver && Interlocked.Decrement(ref _callsLeft) >= 0;

    /// <summary>Whether what began then, and ends now, counts.</summary>
    public bool IsCounting(long began) => began >= _from && Stopwatch.GetTimestamp() <= _to;
}
