namespace Quorate.Server.Benchmark;

/// <summary>Numbers of keys, one after the other and then from the first on again, for all connections of a load.</summary>
internal sealed class KeySequence(int keys)
{
    private long _taken;

    /// <summary>The next one.</summary>
    public int Next() => (int)((Interlocked.Increment(ref _taken) - 1) % keys);
}
