using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Quorate.Simulation.Runs;

namespace Quorate.Simulation.Tests.Runs;

/// <summary>
/// A small hunt: seeds that are the same every time, and some that nobody has run before. <c>QUORATE_SIM_SEEDS</c> sets how
/// many there are in all, <c>QUORATE_SIM_SEED</c> runs that one instead.
/// </summary>
public sealed class SampleOfSeeds
{
    private const int SeedsDefault = 200;

    public SampleOfSeeds()
    {
        ulong? only = Variable("QUORATE_SIM_SEED");
        int seeds = only is null ? (int)(Variable("QUORATE_SIM_SEEDS") ?? SeedsDefault) : 0;
        int fresh = seeds / 4;
        IsWhole = seeds >= SeedsDefault;
        Fixed = Run([.. Enumerable.Range(1, seeds - fresh).Select(number => (ulong)number)]);
        Fresh = Run(only is { } seed ? [seed] : [.. Enumerable.Range(0, fresh).Select(_ => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) >> 20)]);
    }

    /// <summary>Whether there are enough fixed seeds to come by everything.</summary>
    public bool IsWhole { get; }

    public IReadOnlyList<SimulationResult> Fixed { get; }

    public IReadOnlyList<SimulationResult> Fresh { get; }

    private static ulong? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? ulong.Parse(text, CultureInfo.InvariantCulture) : null;

    private static List<SimulationResult> Run(ulong[] seeds)
    {
        ConcurrentDictionary<ulong, SimulationResult> results = new();
        Parallel.ForEach(seeds, seed => results[seed] = new SimulationCase { Seed = seed }.Run());
        return [.. seeds.Select(seed => results[seed])];
    }
}
