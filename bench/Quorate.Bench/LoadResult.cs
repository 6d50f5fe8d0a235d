namespace Quorate.Bench;

/// <summary>What a load measured.</summary>
/// <param name="OperationsPerSecond">Throughput.</param>
/// <param name="MedianMilliseconds">Half of the operations took no longer.</param>
/// <param name="P99Milliseconds">99 of 100 operations took no longer.</param>
internal readonly record struct LoadResult(double OperationsPerSecond, double MedianMilliseconds, double P99Milliseconds);
