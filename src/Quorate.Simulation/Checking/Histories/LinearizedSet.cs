namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// Which operations of a part were given a place. Searches run from front to back, so most sets are a full beginning,
/// some bits, and nothing: a copy keeps the middle only.
/// </summary>
internal sealed class LinearizedSet(int count)
{
    private readonly ulong[] _words = new ulong[(count + 63) / 64];

    /// <summary>Changes with every operation that comes or goes; the same in every run.</summary>
    public ulong Hash { get; private set; }

    public void Flip(int operation)
    {
        _words[operation >> 6] ^= 1UL << (operation & 63);
        Hash ^= Mixing.Number(Mixing.Start, operation);
    }

    /// <summary>A short form that is equal for equal sets: the number of full words before it, then words up to the last that is not empty.</summary>
    public ulong[] Copy()
    {
        int from = 0;
        while (from < _words.Length && _words[from] == ulong.MaxValue)
        {
            from++;
        }

        int to = _words.Length;
        while (to > from && _words[to - 1] == 0)
        {
            to--;
        }

        ulong[] copy = new ulong[to - from + 1];
        copy[0] = (ulong)from;
        Array.Copy(_words, from, copy, 1, to - from);
        return copy;
    }
}
