using System.Diagnostics;
using System.Globalization;
using Quorate.Simulation.Runs;

namespace Quorate.Bench;

/// <summary>
/// How much faster than real time the simulated world goes: five members under the faults that each seed draws, with 50
/// requests of clients a virtual second, every property checked, on one thread.
/// </summary>
internal static class SimulationSpeed
{
    /// <summary>After so many the compiler has done nearly all that it will do.</summary>
    private const int WarmUpRuns = 100;

    public static int Run(int runs)
    {
        for (ulong seed = 1; seed <= WarmUpRuns; seed++)
        {
            Case(seed).Run();
        }

        ProcessorTime warmUp = ProcessorTime.Now;
        double[] factors = new double[runs];
        long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        int collectionsBefore = GC.CollectionCount(0);
        long events = 0;
        double virtualSeconds = 0;
        var all = Stopwatch.StartNew();
        for (int run = 0; run < runs; run++)
        {
            TimeSpan before = ProcessorTime.OfThread();
            SimulationResult result = Case((ulong)(1000 + run)).Run();
            TimeSpan used = ProcessorTime.OfThread() - before;
            if (result.Violation is not null)
            {
                Console.Error.WriteLine($"seed {result.Seed}: {result.Violation.Message}");
                return 1;
            }

            factors[run] = result.VirtualTime / used;
            events += result.Events;
            virtualSeconds += result.VirtualTime.TotalSeconds;
        }

        double wallSeconds = all.Elapsed.TotalSeconds;
        ProcessorTime time = ProcessorTime.Now - warmUp;
        long allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        int collections = GC.CollectionCount(0) - collectionsBefore;
        Array.Sort(factors);
        Write($"warm-up of {WarmUpRuns} runs: {warmUp.Process.TotalSeconds:0.0} s of processor time, of which {warmUp.Thread.TotalSeconds:0.0} s in the thread of the worlds");
        Write($"virtual seconds a second of processor time of that thread: median {factors[runs / 2]:0}, lowest {factors[0]:0}, highest {factors[^1]:0}; all runs together {virtualSeconds / time.Thread.TotalSeconds:0}, with compiler and collector {virtualSeconds / time.Process.TotalSeconds:0}; a second of wall time {virtualSeconds / wallSeconds:0}");
        Write($"an event: {time.Thread.TotalNanoseconds / events:0} ns, {allocated / (double)events:0} bytes allocated; {events / virtualSeconds:0} events a virtual second");
        Write($"the collector ran {collections} times and stopped the program for {time.Collector.TotalSeconds:0.00} s, the compiler took {time.Compiler.TotalSeconds:0.00} s, of {wallSeconds:0.0} s of wall time");
        return 0;
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static SimulationCase Case(ulong seed) => new() { Seed = seed, Members = 5 };
}
