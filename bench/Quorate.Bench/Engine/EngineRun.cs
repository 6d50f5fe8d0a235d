using System.Globalization;
using Spectre.Console;

namespace Quorate.Bench.Engine;

/// <summary>The engine alone: no gRPC, no store; everything acknowledged is flushed on a majority.</summary>
internal static class EngineRun
{
    private static readonly int[] AllWriters = [1, 64, 1024];

    public static async Task<int> RunAsync(TimeSpan duration, int rounds, int writersOnly, string folder)
    {
        await using EngineCluster cluster = await EngineCluster.StartAsync(folder);
        int[] writersOf = writersOnly > 0 ? [writersOnly] : AllWriters;
        var results = new List<EngineResult>();
        for (int round = 0; round < rounds; round++)
        {
            foreach (int writers in writersOf)
            {
                EngineResult result = await EngineLoad.RunAsync(cluster, writers, duration);
                results.Add(result);
                Console.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"round {round + 1}, {writers} writers: {result.CommitsPerSecond:0} commits a second, {result.ProcessorMicroseconds:0.0} µs of processor each"));
            }
        }

        Table table = new Table().MarkdownBorder().AddColumns(
            "writers", "commits/s", "p50 µs", "p99 µs", "CPU µs/commit", "flushes/commit", "frames/commit", "sleeps/commit", "bytes allocated/commit");
        foreach (int writers in writersOf)
        {
            EngineResult[] of = [.. results.Where(result => result.Writers == writers)];
            table.AddRow(
                Show(of, result => result.Writers, "N0"),
                Show(of, result => result.CommitsPerSecond, "N0"),
                Show(of, result => result.MedianMicroseconds, "N0"),
                Show(of, result => result.P99Microseconds, "N0"),
                Show(of, result => result.ProcessorMicroseconds, "N1"),
                Show(of, result => result.FlushesPerCommit, "N3"),
                Show(of, result => result.FramesPerCommit, "N3"),
                Show(of, result => result.SleepsPerCommit, "N2"),
                Show(of, result => result.AllocatedBytesPerCommit, "N0"));
        }

        AnsiConsole.Write(table);
        return 0;
    }

    private static string Show(EngineResult[] results, Func<EngineResult, double> column, string format) =>
        results.Select(column).Order().ElementAt(results.Length / 2).ToString(format, CultureInfo.InvariantCulture);
}
