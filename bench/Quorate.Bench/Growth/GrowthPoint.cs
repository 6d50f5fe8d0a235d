namespace Quorate.Bench.Growth;

/// <summary>One cluster with one load.</summary>
internal sealed record GrowthPoint(string Name)
{
    public int Members { get; init; } = 3;

    public int ValueBytes { get; init; } = 256;

    public int Clients { get; init; } = 64;

    public int Keys { get; init; } = 10_000;

    /// <summary>How often each key is written before anything is measured.</summary>
    public int Revisions { get; init; } = 1;
}
