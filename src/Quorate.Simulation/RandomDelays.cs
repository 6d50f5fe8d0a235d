using Quorate.Raft;

namespace Quorate.Simulation;

internal static class RandomDelays
{
    /// <summary>A time between both, each as likely.</summary>
    public static TimeSpan NextDelay(this SeededRandom random, TimeSpan min, TimeSpan max) =>
        new(min.Ticks + (long)(random.NextUInt64() % (ulong)(max.Ticks - min.Ticks + 1)));
}
