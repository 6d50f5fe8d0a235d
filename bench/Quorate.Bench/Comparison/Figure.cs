namespace Quorate.Bench.Comparison;

/// <summary>Something that is measured of both systems.</summary>
/// <param name="Name">For tables and scripts.</param>
/// <param name="Unit">What it is counted in.</param>
/// <param name="Format">How it is shown.</param>
internal sealed record Figure(string Name, string Unit, string Format)
{
    public static readonly Figure Rate = new("rate", "/s", "N0");
    public static readonly Figure Processor = new("processor", "µs CPU", "0.0");
    public static readonly Figure Median = new("p50", "ms", "0.00");
    public static readonly Figure P99 = new("p99", "ms", "0.0");
    public static readonly Figure P999 = new("p99.9", "ms", "0.0");

    /// <summary>Bytes given to the disk for each byte of value, of each member.</summary>
    public static readonly Figure Written = new("written", "B/B", "0.0");

    public static readonly Figure Resident = new("resident", "MiB", "N0");
    public static readonly Figure ResidentAfterStart = new("resident after start", "MiB", "N0");
    public static readonly Figure Start = new("start-up", "s", "0.0");
    public static readonly Figure Outage = new("outage", "ms", "N0");
}
