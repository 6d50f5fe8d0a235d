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
    private const int WarmUpRuns = 60;

    public static int Run(int runs)
    {
        for (ulong seed = 1; seed <= WarmUpRuns; seed++)
        {
            Case(seed).Run();
        }

        double[] factors = new double[runs];
        double[] eventRates = new double[runs];
        long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        long events = 0;
        double virtualSeconds = 0;
        TimeSpan processorBefore = Environment.CpuUsage.TotalTime;
        var all = Stopwatch.StartNew();
        for (int run = 0; run < runs; run++)
        {
            var clock = Stopwatch.StartNew();
            SimulationResult result = Case((ulong)(1000 + run)).Run();
            double seconds = clock.Elapsed.TotalSeconds;
            if (result.Violation is not null)
            {
                Console.Error.WriteLine($"seed {result.Seed}: {result.Violation.Message}");
                return 1;
            }

            factors[run] = result.VirtualTime.TotalSeconds / seconds;
            eventRates[run] = result.Events / seconds;
            events += result.Events;
            virtualSeconds += result.VirtualTime.TotalSeconds;
        }

        double wallSeconds = all.Elapsed.TotalSeconds;
        double processorSeconds = (Environment.CpuUsage.TotalTime - processorBefore).TotalSeconds;
        long allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        Array.Sort(factors);
        Array.Sort(eventRates);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"virtual seconds a second: median {factors[runs / 2]:0}, lowest {factors[0]:0}, highest {factors[^1]:0}, of all runs together {virtualSeconds / wallSeconds:0}; a second of processor time: {virtualSeconds / processorSeconds:0}"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"events a second: median {eventRates[runs / 2]:0}; an event allocates {allocated / (double)events:0} bytes"));
        return 0;
    }

    private static SimulationCase Case(ulong seed) => new() { Seed = seed, Members = 5 };
}
