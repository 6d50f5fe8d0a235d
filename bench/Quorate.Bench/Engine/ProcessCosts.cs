using System.Globalization;

namespace Quorate.Bench.Engine;

/// <summary>What this process has used so far, all threads together; differences are what a load has cost.</summary>
internal readonly record struct ProcessCosts(TimeSpan Processor, long AllocatedBytes, long ContextSwitches)
{
    public static ProcessCosts Now() => new(Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true), CountContextSwitches());

    public static ProcessCosts operator -(ProcessCosts later, ProcessCosts earlier) => new(
        later.Processor - earlier.Processor,
        later.AllocatedBytes - earlier.AllocatedBytes,
        later.ContextSwitches - earlier.ContextSwitches);

    /// <summary>Voluntary ones: how often a thread went to sleep because it had nothing to do.</summary>
    private static long CountContextSwitches()
    {
        const string Label = "voluntary_ctxt_switches:";
        long total = 0;
        foreach (string task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                string line = File.ReadLines(Path.Combine(task, "status")).First(line => line.StartsWith(Label, StringComparison.Ordinal));
                total += long.Parse(line.AsSpan(Label.Length).Trim(), CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // The thread has ended meanwhile.
            }
        }

        return total;
    }
}
