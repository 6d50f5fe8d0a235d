namespace Quorate.Bench.Comparison;

/// <summary>What one load gave on one cluster.</summary>
/// <param name="PerSecond">Operations a second.</param>
/// <param name="P50">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
/// <param name="P999">Milliseconds.</param>
/// <param name="ProcessorMicroseconds">Of all members together, for each operation.</param>
/// <param name="WrittenPerValueByte">Bytes written to disk for each byte of value, a third of what the machine's disks were given.</param>
internal sealed record Measurement(
    double PerSecond, double P50, double P99, double P999, double ProcessorMicroseconds, double WrittenPerValueByte);
