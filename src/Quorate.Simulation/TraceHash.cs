using System.Numerics;

namespace Quorate.Simulation;

/// <summary>A running hash over everything that happens: two runs with the same hash went the same way.</summary>
/// <remarks>Each number is mixed in by a multiplication, which carries its bits upwards, and a rotation, which brings them down again.</remarks>
public sealed class TraceHash
{
    private const ulong Basis = 0xCBF29CE484222325;
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    /// <summary>Over what was added so far.</summary>
    public ulong Value { get; private set; } = Basis;

    /// <summary>How much was added so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a number.</summary>
    public void Add(ulong value)
    {
        Count++;
        Value = BitOperations.RotateLeft((Value ^ value) * Multiplier, 31);
    }
}
