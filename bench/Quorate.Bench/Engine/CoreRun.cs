using System.Diagnostics;
using System.Globalization;
using Quorate.Raft.Tests.Harness;

namespace Quorate.Bench.Engine;

/// <summary>Entries a second through the algorithm alone (<see cref="CoreTrio"/>).</summary>
internal static class CoreRun
{
    public static int Run(TimeSpan duration, int rounds)
    {
        var cores = new CoreTrio();
        Commit(cores, TimeSpan.FromSeconds(1));
        for (int round = 0; round < rounds; round++)
        {
            long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan processorBefore = Environment.CpuUsage.TotalTime;
            var clock = Stopwatch.StartNew();
            long entries = Commit(cores, duration);
            double seconds = clock.Elapsed.TotalSeconds;
            double processor = (Environment.CpuUsage.TotalTime - processorBefore).TotalSeconds;
            double allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{entries / seconds / 1e6:0.00} million entries a second ({entries / processor / 1e6:0.00} a second of processor), {allocated / entries:0.00} bytes allocated an entry, {allocated / entries * CoreTrio.BatchEntries:0} a batch of {CoreTrio.BatchEntries}"));
        }

        return 0;
    }

    /// <summary>By the clock, after warming up.</summary>
    public static double EntriesPerSecond(TimeSpan duration)
    {
        var cores = new CoreTrio();
        Commit(cores, TimeSpan.FromSeconds(1));
        var clock = Stopwatch.StartNew();
        long entries = Commit(cores, duration);
        return entries / clock.Elapsed.TotalSeconds;
    }

    private static long Commit(CoreTrio cores, TimeSpan duration)
    {
        long first = cores.Leader.CommitIndex;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < duration)
        {
            cores.CommitBatch();
        }

        return cores.Leader.CommitIndex - first;
    }
}
