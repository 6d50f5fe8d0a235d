using System.Diagnostics;
using Quorate.Io;

namespace Quorate.Runtime;

/// <summary>The machine's monotonic clock, counted from the creation of this object.</summary>
public sealed class SystemClock : IClock
{
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <inheritdoc/>
    public TimeSpan Now => Stopwatch.GetElapsedTime(_start);
}
