using System.Globalization;
using Quorate.Bench.Engine;

namespace Quorate.Bench.Comparison;

/// <summary>
/// The engine without a server, in this process, beside what the same disk and the same loopback do without it. In turns
/// within each round, so that whatever else the machine does hits all alike.
/// </summary>
internal static class DiskScores
{
    /// <summary>What <c>--only</c> picks it by.</summary>
    public const string Name = "engine, log and core alone";

    private const double LogRateMin = 0.9;
    private const double LoneCommitMax = 1.5;
    private const double CoreEntriesMin = 5_000_000;

    private static readonly (int Writers, double CommitsMin)[] s_engine = [(1, 3_500), (64, 60_000), (1024, 150_000)];

    public static async Task<IReadOnlyList<DiskScore>> MeasureAsync(TimeSpan duration, int rounds)
    {
        var log = new List<LogFigures>();
        var engine = new List<EngineResult>();
        var core = new List<double>();
        for (int round = 1; round <= rounds; round++)
        {
            Say(round, "the log beside the raw disk");
            log.Add(await LogRun.MeasureOnceAsync(duration, Path.GetTempPath()));
            await using (EngineCluster cluster = await EngineCluster.StartAsync(Path.GetTempPath()))
            {
                foreach ((int writers, _) in s_engine)
                {
                    engine.Add(await EngineLoad.RunAsync(cluster, writers, duration));
                    Say(round, string.Create(CultureInfo.InvariantCulture, $"the engine with {writers} writers: {engine[^1].CommitsPerSecond:N0} commits/s"));
                }
            }

            core.Add(CoreRun.EntriesPerSecond(duration));
            Say(round, string.Create(CultureInfo.InvariantCulture, $"the core: {core[^1]:N0} entries/s"));
        }

        double flushAndRoundTrip = Score.Median([.. log.Select(each => each.ThreeRaw.Median + each.RoundTrip.Median)]);
        double raw = Score.Median([.. log.Select(each => each.Raw.PerSecond)]);
        EngineResult[] lone = [.. engine.Where(result => result.Writers == 1)];
        return
        [
            Of("raw disk: append 4 KiB to a file written ahead, fdatasync", log.Select(each => each.Raw)),
            Of("raw disk: the same with 512 bytes, three files at once, together", log.Select(each => each.ThreeRaw)),
            Of("raw loopback: round trip of 256 bytes", log.Select(each => each.RoundTrip)),
            Of("the log: block of 4 KiB with one entry, one writer, beside the raw disk", log.Select(each => each.Log)) with { Beside = raw, Bar = LogRateMin },
            new DiskScore(
                "commit of one writer inside the replicas, beside raw flush of three and round trip",
                [.. lone.Select(result => result.CommitsPerSecond)],
                [.. lone.Select(result => result.MedianMicroseconds)],
                flushAndRoundTrip,
                ComparesMedians: true,
                LoneCommitMax,
                IsFloor: false),
            .. s_engine.Select(each => new DiskScore(
                $"the engine: commits of {each.Writers} writer{(each.Writers == 1 ? string.Empty : "s")}, 256 bytes, durable",
                [.. engine.Where(result => result.Writers == each.Writers).Select(result => result.CommitsPerSecond)],
                [.. engine.Where(result => result.Writers == each.Writers).Select(result => result.MedianMicroseconds)],
                Bar: each.CommitsMin)),
            new DiskScore("three cores in one thread: entries in batches of 64", core, [], Bar: CoreEntriesMin),
        ];
    }

    private static DiskScore Of(string name, IEnumerable<(double PerSecond, double Median)> measured) =>
        new(name, [.. measured.Select(each => each.PerSecond)], [.. measured.Select(each => each.Median)]);

    private static void Say(int round, string what) => Console.Error.WriteLine($"round {round}: {what}");
}
