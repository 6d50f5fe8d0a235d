namespace Quorate.Bench.Comparison;

/// <summary>A figure of the engine without a server, beside a raw figure of this machine or an absolute bar.</summary>
/// <param name="Name">What.</param>
/// <param name="Values">Each that was measured: a second.</param>
/// <param name="Medians">Microseconds that one took, each median that was measured; empty where it has no latency.</param>
/// <param name="Beside">The raw figure that it is compared with; not a number where there is none.</param>
/// <param name="ComparesMedians">Whether medians are compared with it, and not what was done in a second.</param>
/// <param name="Bar">The ratio to the raw figure, or the value, that is just good enough; null where nothing is asked.</param>
/// <param name="IsFloor">Whether the bar is to be reached; if not, it is not to be exceeded.</param>
internal sealed record DiskScore(
    string Name, IReadOnlyList<double> Values, IReadOnlyList<double> Medians, double Beside = double.NaN, bool ComparesMedians = false, double? Bar = null, bool IsFloor = true)
{
    public double Value => Score.Median(Values);

    /// <summary>What the bar is about: a ratio where there is something beside it, else the value.</summary>
    public double Judged => double.IsNaN(Beside) ? Value : (ComparesMedians ? Score.Median(Medians) : Value) / Beside;

    public bool IsMet => Bar is not { } bar || (IsFloor ? Judged >= bar : Judged <= bar);

    public string MeasuredText => Score.Text(Value, "N0") + " /s";

    public string MedianText => Score.Text(Score.Median(Medians), "N0");

    public string BesideText => double.IsNaN(Beside) ? "–" : Score.Text(Beside, "N0") + (ComparesMedians ? " µs" : " /s");

    public string BarText => Bar is { } bar
        ? $"{(double.IsNaN(Beside) ? string.Empty : Score.Text(Judged, "0.00") + " ")}({(IsFloor ? '≥' : '≤')} {Score.Text(bar, bar < 10 ? "0.##" : "N0")}: {(IsMet ? "met" : "**missed**")})"
        : "–";
}
