using System.Globalization;

namespace Quorate.Bench.Elections;

/// <summary>One line of the figure: election timeouts in milliseconds, and whether a lost connection counts as evidence.</summary>
internal sealed record ElectionSettings(int TimeoutMin, int TimeoutMax, bool UsesEvidence)
{
    /// <summary>The timeouts of the paper's figure 16, upper graph and lower graph.</summary>
    public static IReadOnlyList<(int Min, int Max)> OfThePaper { get; } =
    [
        (150, 150), (150, 151), (150, 155), (150, 175), (150, 200), (150, 300),
        (12, 24), (25, 50), (50, 100), (100, 200),
    ];

    /// <summary>Half of the shortest timeout, as in the paper.</summary>
    public int Heartbeat => Math.Max(1, TimeoutMin / 2);

    public string Timeouts => string.Create(CultureInfo.InvariantCulture, $"{TimeoutMin}–{TimeoutMax} ms");

    public override string ToString() => $"{Timeouts}, {(UsesEvidence ? "with" : "without")} the evidence of connections";
}
