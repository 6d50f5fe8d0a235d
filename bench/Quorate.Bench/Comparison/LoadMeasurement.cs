namespace Quorate.Bench.Comparison;

/// <summary>What one load gave on one cluster.</summary>
/// <param name="PerSecond">Operations a second.</param>
/// <param name="P50">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
/// <param name="P999">Milliseconds.</param>
/// <param name="ProcessorMicroseconds">Of all members together, for each operation.</param>
/// <param name="WrittenBytesPerOperation">What the machine's disks were given meanwhile, by all members and by whomever else.</param>
internal sealed record LoadMeasurement(
    double PerSecond, double P50, double P99, double P999, double ProcessorMicroseconds, double WrittenBytesPerOperation);
