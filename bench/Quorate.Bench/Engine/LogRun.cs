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
        var log = new List<LogFigures>();
        var commits = new List<(double PerSecond, double Median)>();
        await using EngineCluster cluster = await EngineCluster.StartAsync(folder);
        for (int round = 0; round < rounds; round++)
        {
            log.Add(await MeasureOnceAsync(duration, folder));
            EngineResult engine = await EngineLoad.RunAsync(cluster, 1, duration);
            commits.Add((engine.CommitsPerSecond, engine.MedianMicroseconds));
        }

        Table table = new Table().MarkdownBorder().AddColumns("what", "a second", "p50 µs");
        Add("raw: append 4 KiB, fdatasync", log.Select(each => each.Raw));
        Add("the log: block of 4 KiB with one entry, one writer", log.Select(each => each.Log));
        Add("raw: append 512 bytes, fdatasync, three files at once, together", log.Select(each => each.ThreeRaw));
        Add("raw: loopback round trip", log.Select(each => each.RoundTrip));
        Add("the engine: commit of one writer", commits);
        AnsiConsole.Write(table);
        return 0;

        void Add(string name, IEnumerable<(double PerSecond, double Median)> of) =>
            table.AddRow(name, Middle(of.Select(each => each.PerSecond)), Middle(of.Select(each => each.Median)));
    }

    /// <summary>Measures each for that long, in a folder of its own within <paramref name="folder"/>.</summary>
    public static async Task<LogFigures> MeasureOnceAsync(TimeSpan duration, string folder)
    {
        string own = Directory.CreateDirectory(Path.Combine(folder, Path.GetRandomFileName())).FullName;
        try
        {
            (LatencyCounts raw, LatencyCounts log) = MeasureInTurns(duration, own);
            LatencyCounts three = await MeasureThreeAsync(duration, own);
            LatencyCounts roundTrip = RawNetwork.Run(duration);
            return new LogFigures(Of(raw), Of(log), Of(three), Of(roundTrip));
        }
        finally
        {
            Directory.Delete(own, recursive: true);
        }

        (double PerSecond, double Median) Of(LatencyCounts counts) => (counts.Count / duration.TotalSeconds, counts.Quantile(0.5));
    }

    private static (LatencyCounts Raw, LatencyCounts Log) MeasureInTurns(TimeSpan duration, string folder)
    {
        using var raw = new RawDisk(folder, "raw", AppendBytes);
        using var log = new LogWriterAlone(Path.Combine(folder, "log"), AppendBytes - BlockOverheadBytes);
        log.Run(duration / 4, new LatencyCounts());
        var ofRaw = new LatencyCounts();
        var ofLog = new LatencyCounts();
        for (TimeSpan done = default; done < duration; done += Slice)
        {
            raw.Run(Slice, ofRaw);
            log.Run(Slice, ofLog);
        }

        return (ofRaw, ofLog);
    }

    private static async Task<LatencyCounts> MeasureThreeAsync(TimeSpan duration, string folder)
    {
        RawDisk[] three = [.. Enumerable.Range(0, 3).Select(member => new RawDisk(folder, $"raw{member}", 512))];
        var counts = new LatencyCounts();
        await Task.WhenAll(three.Select(each => Task.Factory.StartNew(() => each.Run(duration, counts), TaskCreationOptions.LongRunning)));
        foreach (RawDisk each in three)
        {
            each.Dispose();
        }

        return counts;
    }

    private static string Middle(IEnumerable<double> values)
    {
        double[] ascending = [.. values.Order()];
        return ascending[ascending.Length / 2].ToString("N0", CultureInfo.InvariantCulture);
    }
}
