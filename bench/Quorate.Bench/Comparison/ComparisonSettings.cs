namespace Quorate.Bench.Comparison;

/// <summary>How much is measured.</summary>
internal sealed record ComparisonSettings
{
    /// <summary>Of one load.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Of one load before it is measured, for both systems: a program that compiles what is called often needs some.</summary>
    public required TimeSpan WarmUp { get; init; }

    /// <summary>How often each system has its turn.</summary>
    public required int Rounds { get; init; }

    /// <summary>Rounds that have the slow columns too.</summary>
    public required int SlowRounds { get; init; }

    /// <summary>Leaders killed in a round.</summary>
    public required int Killings { get; init; }

    /// <summary>Keys that memory and start-up are measured with.</summary>
    public required int Keys { get; init; }

    /// <summary>Only what has one of these in its name; everything where there are none.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>For scripts.</summary>
    public bool Json { get; init; }

    public bool Wants(string name) => Only.Count == 0 || Only.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase));
}
