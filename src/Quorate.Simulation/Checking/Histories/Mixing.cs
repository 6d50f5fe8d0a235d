namespace Quorate.Simulation.Checking.Histories;

/// <summary>Hashes that are the same in every run: FNV-1a over bytes, and the finish of SplitMix64 over numbers.</summary>
internal static class Mixing
{
    public const ulong Start = 14695981039346656037;

    public static ulong Bytes(ulong hash, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            hash = (hash ^ bytes[i]) * 1099511628211;
        }

        return Number(hash, bytes.Length);
    }

    public static ulong Number(ulong hash, long number)
    {
        ulong mixed = hash ^ ((ulong)number * 0x9E3779B97F4A7C15);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
