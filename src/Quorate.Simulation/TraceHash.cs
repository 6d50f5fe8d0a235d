namespace Quorate.Simulation;

/// <summary>A running hash over everything that happens (FNV-1a, 64 bits): two runs with the same hash went the same way.</summary>
public sealed class TraceHash
{
    private const ulong Basis = 0xCBF29CE484222325;
    private const ulong Prime = 0x100000001B3;

    /// <summary>Over what was added so far.</summary>
    public ulong Value { get; private set; } = Basis;

    /// <summary>How much was added so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a number.</summary>
    public void Add(ulong value)
    {
        Count++;
        for (int i = 0; i < sizeof(ulong); i++)
        {
            Value = (Value ^ (byte)value) * Prime;
            value >>= 8;
        }
    }
}
