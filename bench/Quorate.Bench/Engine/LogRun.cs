using System.Globalization;
using Spectre.Console;

namespace Quorate.Bench.Engine;

/// <summary>The log beside the disk it is on, and one client's commit beside a raw flush and a round trip.</summary>
internal static class LogRun
{
    private const int AppendBytes = 4096;

    /// <summary>Header of a block and of its one record: with them the log appends the very same number of bytes.</summary>
    private const int BlockOverheadBytes = 64 + 28;

    /// <summary>Raw disk and log take turns this often, so that whatever else the disk does hits both alike.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(20);

    public static async Task<int> RunAsync(TimeSpan duration, int rounds, string folder)
    {
        string own = Directory.CreateDirectory(Path.Combine(folder, Path.GetRandomFileName())).FullName;
        try
        {
            await MeasureAsync(duration, rounds, own);
        }
        finally
        {
            Directory.Delete(own, recursive: true);
        }

        return 0;
    }

    private static async Task MeasureAsync(TimeSpan duration, int rounds, string folder)
    {
        using var raw = new RawDisk(folder, "raw", AppendBytes);
        RawDisk[] three = [.. Enumerable.Range(0, 3).Select(member => new RawDisk(folder, $"raw{member}", 512))];
        using var log = new LogWriterAlone(Path.Combine(folder, "log"), AppendBytes - BlockOverheadBytes);
        await using EngineCluster cluster = await EngineCluster.StartAsync(folder);
        var results = new SortedDictionary<string, List<(double PerSecond, double Median)>>(StringComparer.Ordinal);
        log.Run(duration / 4, new LatencyCounts());
        for (int round = 0; round < rounds; round++)
        {
            var ofRaw = new LatencyCounts();
            var ofLog = new LatencyCounts();
            for (TimeSpan done = default; done < duration; done += Slice)
            {
                raw.Run(Slice, ofRaw);
                log.Run(Slice, ofLog);
            }

            Add("1 raw: append 4 KiB, fdatasync", ofRaw);
            Add("2 the log: block of 4 KiB with one entry, one writer", ofLog);
            var ofThree = new LatencyCounts();
            await Task.WhenAll(three.Select(each => Task.Factory.StartNew(() => each.Run(duration, ofThree), TaskCreationOptions.LongRunning)));
            Add("3 raw: append 512 bytes, fdatasync, three files at once, together", ofThree);
            Add("4 raw: loopback round trip", RawNetwork.Run(duration));
            EngineResult engine = await EngineLoad.RunAsync(cluster, 1, duration);
            AddFigures("5 the engine: commit of one writer", engine.CommitsPerSecond, engine.MedianMicroseconds);
        }

        Table table = new Table().MarkdownBorder().AddColumns("what", "a second", "p50 µs");
        foreach ((string name, List<(double PerSecond, double Median)> of) in results)
        {
            table.AddRow(name[2..], Middle(of.Select(each => each.PerSecond)), Middle(of.Select(each => each.Median)));
        }

        AnsiConsole.Write(table);
        foreach (RawDisk each in three)
        {
            each.Dispose();
        }

        void Add(string name, LatencyCounts counts) => AddFigures(name, counts.Count / duration.TotalSeconds, counts.Quantile(0.5));

        void AddFigures(string name, double perSecond, double median)
        {
            results.TryAdd(name, []);
            results[name].Add((perSecond, median));
        }
    }

    private static string Middle(IEnumerable<double> values)
    {
        double[] ascending = [.. values.Order()];
        return ascending[ascending.Length / 2].ToString("N0", CultureInfo.InvariantCulture);
    }
}
