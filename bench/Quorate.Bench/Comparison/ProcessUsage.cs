using System.Globalization;

namespace Quorate.Bench.Comparison;

/// <summary>What the processes of a cluster have used, as the kernel counts it.</summary>
/// <param name="Processor">User and system time, summed over them.</param>
/// <param name="WrittenBytes">Bytes that they had written to the disk, summed.</param>
/// <param name="LargestResidentBytes">Resident memory of the largest.</param>
internal readonly record struct ProcessUsage(TimeSpan Processor, long WrittenBytes, long LargestResidentBytes)
{
    /// <summary>The kernel's clock ticks a second (USER_HZ), the same on every Linux.</summary>
    private const double TicksPerSecond = 100;

    public static ProcessUsage Of(IServers servers)
    {
        double ticks = 0;
        long written = 0;
        long resident = 0;
        foreach (int id in servers.ProcessIds)
        {
            // The name, in parentheses, may hold anything; the fields are counted behind it (proc(5)).
            string stat = File.ReadAllText($"/proc/{id}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            ticks += long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            resident = Math.Max(resident, long.Parse(fields[21], CultureInfo.InvariantCulture) * Environment.SystemPageSize);
            written += Field($"/proc/{id}/io", "write_bytes:");
        }

        return new ProcessUsage(TimeSpan.FromSeconds(ticks / TicksPerSecond), written, resident);
    }

    private static long Field(string path, string name) =>
        long.Parse(File.ReadLines(path).First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..], CultureInfo.InvariantCulture);
}
