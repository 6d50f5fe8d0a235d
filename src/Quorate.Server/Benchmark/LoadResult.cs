namespace Quorate.Server.Benchmark;

/// <summary>What a measurement gave.</summary>
/// <param name="Operations">Calls answered, or events that came, while it counted.</param>
/// <param name="Duration">For how long it counted.</param>
/// <param name="Latencies">Of the calls; empty for events.</param>
/// <param name="Failures">Calls that failed.</param>
/// <param name="FirstFailure">What the server said of the first of them.</param>
/// <param name="OwnProcessorTime">What making this load took of the processors, warm-up included.</param>
internal sealed record LoadResult(
    long Operations, TimeSpan Duration, LatencyHistogram Latencies, long Failures, string? FirstFailure, TimeSpan OwnProcessorTime)
{
    /// <summary>Operations a second.</summary>
    public double PerSecond => Operations / Duration.TotalSeconds;
}
