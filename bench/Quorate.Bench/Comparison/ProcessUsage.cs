using System.Globalization;

namespace Quorate.Bench.Comparison;

/// <summary>What the processes of a cluster have used, as the kernel counts it.</summary>
/// <param name="Processor">User and system time, summed over them.</param>
/// <param name="WrittenBytes">
/// Bytes that the disks of the machine were given, by whomever: what the kernel counts for a process is whole folios of the
/// page cache, a megabyte for a block of four kilobytes.
/// </param>
/// <param name="LargestResidentBytes">Resident memory of the largest.</param>
internal readonly record struct ProcessUsage(TimeSpan Processor, long WrittenBytes, long LargestResidentBytes)
{
    /// <summary>The kernel's clock ticks a second (USER_HZ), the same on every Linux.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>The unit of <c>/proc/diskstats</c>, whatever the disk has.</summary>
    private const int SectorBytes = 512;

    public static ProcessUsage Of(IServers servers)
    {
        double ticks = 0;
        long resident = 0;
        foreach (int id in servers.ProcessIds)
        {
            // The name, in parentheses, may hold anything; the fields are counted behind it (proc(5)).
            string stat = File.ReadAllText($"/proc/{id}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            ticks += long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            resident = Math.Max(resident, long.Parse(fields[21], CultureInfo.InvariantCulture) * Environment.SystemPageSize);
        }

        return new ProcessUsage(TimeSpan.FromSeconds(ticks / TicksPerSecond), WrittenToDisks(), resident);
    }

    /// <summary>Of whole disks, not of their partitions, nor of what is made of files or memory.</summary>
    private static long WrittenToDisks() => SectorBytes * File.ReadLines("/proc/diskstats")
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(fields => Directory.Exists($"/sys/block/{fields[2]}/device"))
        .Sum(fields => long.Parse(fields[9], CultureInfo.InvariantCulture));
}
