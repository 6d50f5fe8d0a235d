using System.Globalization;
using Quorate.Bench.Comparison;
using Spectre.Console;

namespace Quorate.Bench.Growth;

/// <summary>How cost grows, one dimension at a time: all else is three members, 64 clients, 10,000 keys of 256 bytes, written once.</summary>
internal static class GrowthRun
{
    public static async Task<int> RunAsync(TimeSpan warmUp, TimeSpan duration, string[] only, int keysMax)
    {
        AnsiConsole.Profile.Width = 200;
        foreach (Dimension dimension in Dimension.All(keysMax).Where(dimension => only.Length == 0 || only.Contains(dimension.Name, StringComparer.OrdinalIgnoreCase)))
        {
            Table table = new Table().MarkdownBorder().AddColumns(
                dimension.Name, "writes/s", "µs CPU", "p50 ms", "p99 ms", "bytes to disk a byte", "local reads/s", "µs CPU", "p50 ms", "p99 ms", "largest member MiB");
            foreach (GrowthPoint point in dimension.Points)
            {
                table.AddRow([.. await RowAsync(point, warmUp, duration)]);
                Console.Error.WriteLine($"{dimension.Name}: {point.Name} done");
            }

            AnsiConsole.Write(table);
        }

        return 0;
    }

    private static async Task<IEnumerable<string>> RowAsync(GrowthPoint point, TimeSpan warmUp, TimeSpan duration)
    {
        await using IServers servers = await QuorateServers.StartAsync(point.Members);
        await LoadColumn.LoadKeysAsync(servers, point.Keys, point.ValueBytes, point.Keys * point.Revisions);
        string[] load = ["--clients", $"{point.Clients}", "--keys", $"{point.Keys}", "--value-bytes", $"{point.ValueBytes}"];
        LoadMeasurement reads = await LoadColumn.RunAsync(servers, ["get", "--local", .. load], warmUp, duration);
        LoadMeasurement writes = await LoadColumn.RunAsync(servers, ["put", .. load], warmUp, duration);
        double written = writes.WrittenBytesPerOperation / point.ValueBytes / point.Members;
        double resident = ProcessUsage.Of(servers).LargestResidentBytes / (double)(1 << 20);
        return
        [
            point.Name, Text(writes.PerSecond, "N0"), Text(writes.ProcessorMicroseconds, "N1"), Text(writes.P50, "0.00"), Text(writes.P99, "0.0"), Text(written, "0.0"),
            Text(reads.PerSecond, "N0"), Text(reads.ProcessorMicroseconds, "N1"), Text(reads.P50, "0.00"), Text(reads.P99, "0.0"), Text(resident, "N0"),
        ];
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
