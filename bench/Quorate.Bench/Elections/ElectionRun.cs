using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Quorate.Bench.Elections;

/// <summary>
/// The paper's figure 16 in the real runtime: how long it takes to find out that a leader has crashed and to replace it. With the
/// evidence of connections and without it are measured side by side.
/// </summary>
internal static class ElectionRun
{
    public static async Task<int> RunAsync(int crashes, int crashesOfOthers, TimeSpan timeMax, string? plotPath)
    {
        List<(ElectionSettings Settings, List<ElectionTrial> Trials)> measured = [];
        foreach ((int min, int max) in ElectionSettings.OfThePaper)
        {
            int count = (min, max) == (150, 300) ? crashes : crashesOfOthers;
            if (count > 0)
            {
                ElectionSettings[] both = [new(min, max, UsesEvidence: true), new(min, max, UsesEvidence: false)];
                List<ElectionTrial>[] trials = await Task.WhenAll(both.Select(settings => MeasureAsync(settings, count, timeMax)));
                measured.AddRange(both.Zip(trials));
            }
        }

        Print(measured);
        if (plotPath is not null)
        {
            await File.WriteAllTextAsync(plotPath, DistributionPlot.Draw(measured));
        }

        return 0;
    }

    private static async Task<List<ElectionTrial>> MeasureAsync(ElectionSettings settings, int crashes, TimeSpan timeMax)
    {
        var clock = Stopwatch.StartNew();
        List<ElectionTrial> trials = [];
        try
        {
            await using ElectionCluster cluster = await ElectionCluster.StartAsync(settings);
            while (trials.Count < crashes && clock.Elapsed < timeMax)
            {
                trials.Add(await cluster.CrashLeaderAsync());
                if (trials.Count % 100 == 0)
                {
                    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{settings}: {trials.Count} crashes in {clock.Elapsed.TotalSeconds:0} s"));
                }
            }
        }
        catch (TimeoutException timeout)
        {
            // Timeouts too short for this network and machine: what was measured until then is what there is.
            Console.Error.WriteLine(timeout.Message);
        }

        return trials;
    }

    private static void Print(List<(ElectionSettings Settings, List<ElectionTrial> Trials)> measured)
    {
        Table table = new Table().MarkdownBorder().AddColumns(
            "election timeout", "evidence", "crashes", "least", "median", "mean", "p90", "p99", "most", "elections a crash", "with one election");
        foreach ((ElectionSettings settings, List<ElectionTrial> trials) in measured.Where(line => line.Trials.Count > 0))
        {
            double[] sorted = [.. trials.Select(trial => trial.Milliseconds).Order()];
            table.AddRow(
                settings.Timeouts,
                settings.UsesEvidence ? "with" : "without",
                trials.Count.ToString(CultureInfo.InvariantCulture),
                Text(sorted[0]),
                Text(Percentile(sorted, 50)),
                Text(sorted.Average()),
                Text(Percentile(sorted, 90)),
                Text(Percentile(sorted, 99)),
                Text(sorted[^1]),
                trials.Average(trial => trial.Elections).ToString("0.00", CultureInfo.InvariantCulture),
                (100.0 * trials.Count(trial => trial.Elections == 1) / trials.Count).ToString("0.0", CultureInfo.InvariantCulture) + " %");
        }

        AnsiConsole.Profile.Width = 180;
        AnsiConsole.Write(table);
    }

    private static double Percentile(double[] sorted, int percent) => sorted[Math.Min(sorted.Length - 1, sorted.Length * percent / 100)];

    private static string Text(double milliseconds) => milliseconds.ToString("0", CultureInfo.InvariantCulture);
}
