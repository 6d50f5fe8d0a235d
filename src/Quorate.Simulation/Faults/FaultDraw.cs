using System.Collections.Immutable;
using Quorate.Raft;

namespace Quorate.Simulation.Faults;

/// <summary>
/// What a run draws of faults. How hard a family strikes, and when, depends on the seed and the family alone, so that
/// leaving out one family changes no other: that is how a failing run gets smaller and stays the same failure.
/// </summary>
internal sealed class FaultDraw(ulong seed)
{
    /// <summary>Most families that a run draws.</summary>
    private const int FamiliesMax = 3;

    /// <summary>"STRK": keeps what strikes draw apart from whatever else is drawn from the seed.</summary>
    private const ulong Strikes = 0x5354524B;

    /// <summary>One to three of these families.</summary>
    public static ImmutableArray<FaultFamily> Choose(ImmutableArray<FaultFamily> families, SeededRandom random)
    {
        var chosen = ImmutableArray.CreateBuilder<FaultFamily>();
        for (int left = 1 + random.Next(FamiliesMax); left > 0; left--)
        {
            FaultFamily family = families[random.Next(families.Length)];
            if (!chosen.Contains(family))
            {
                chosen.Add(family);
            }
        }

        return chosen.ToImmutable();
    }

    /// <summary>How hard a family strikes, from one to <see cref="FaultInjector.IntensityMax"/>.</summary>
    public int IntensityOf(FaultFamily family) => 1 + new SeededRandom(seed ^ (PlaceOf(family) << 32)).Next(FaultInjector.IntensityMax);

    /// <summary>The generator of the times of a family's strikes, and of all that they draw.</summary>
    public SeededRandom RandomOf(FaultFamily family) => new(seed ^ ((PlaceOf(family) + 1) << 40) ^ Strikes);

    private static ulong PlaceOf(FaultFamily family) => (ulong)FaultFamilies.All.IndexOf(family);
}
