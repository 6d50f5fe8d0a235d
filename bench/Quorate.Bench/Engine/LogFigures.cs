namespace Quorate.Bench.Engine;

/// <summary>One measurement of the log beside the disk it is on; medians in microseconds.</summary>
/// <param name="Raw">Append of 4 KiB and fdatasync.</param>
/// <param name="Log">A block of 4 KiB with one entry, in turns with the raw disk.</param>
/// <param name="ThreeRaw">Append of 512 bytes and fdatasync on three files at once; what all three did in a second.</param>
/// <param name="RoundTrip">Over loopback.</param>
internal sealed record LogFigures(
    (double PerSecond, double Median) Raw,
    (double PerSecond, double Median) Log,
    (double PerSecond, double Median) ThreeRaw,
    (double PerSecond, double Median) RoundTrip);
