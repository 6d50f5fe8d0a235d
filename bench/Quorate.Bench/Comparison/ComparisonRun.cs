using System.Globalization;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.Bench.Comparison;

/// <summary>
/// Does the same to etcd and to ours, in turn, on fresh clusters, and prints medians, ratios and bars. Load and members
/// share the machine, so what counts most is the processor time of the members for each operation. The load comes from the
/// program built beside this one, whatever is measured.
/// </summary>
internal static class ComparisonRun
{
    private static readonly (string Name, bool IsOurs, Func<Task<IServers>> Start)[] s_systems =
        [("etcd", false, () => EtcdServers.StartAsync()), ("quorate", true, () => QuorateServers.StartAsync())];

    /// <summary>Returns 1 where something could not be measured, which the table then lacks.</summary>
    public static async Task<int> RunAsync(ComparisonSettings settings)
    {
        Column[] columns = [.. Columns.All.Where(column => settings.Wants(column.Name))];
        bool withEngine = settings.Wants(DiskScores.Name);
        if (columns.Length == 0 && !withEngine)
        {
            Console.Error.WriteLine($"error: no column has '{string.Join("' or '", settings.Only)}' in its name; there are: {string.Join("; ", Columns.All.Select(column => column.Name).Append(DiskScores.Name))}");
            return 2;
        }

        Console.Error.WriteLine($"measuring {Programs.Quorate}, {settings.Rounds} rounds; load by {Programs.Built}");
        var scores = new Scores();
        int failures = 0;
        for (int round = 1; round <= settings.Rounds; round++)
        {
            Column[] shared = [.. columns.Where(column => !column.NeedsOwnServers)];
            failures += await TakeTurnsAsync(shared, settings, round, scores);
            foreach (Column column in columns.Where(column => column.NeedsOwnServers && (!column.IsSlow || round <= settings.SlowRounds)))
            {
                failures += await TakeTurnsAsync([column], settings, round, scores);
            }
        }

        IReadOnlyList<DiskScore> disk = withEngine ? await DiskScores.MeasureAsync(settings.Duration / 2, settings.Rounds) : [];
        if (settings.Json)
        {
            ComparisonJson.Print(scores, disk);
        }
        else
        {
            ComparisonTables.Print(scores, disk);
        }

        return failures == 0 ? 0 : 1;
    }

    /// <summary>Both systems, one after the other; returns how many measurements failed.</summary>
    private static async Task<int> TakeTurnsAsync(Column[] columns, ComparisonSettings settings, int round, Scores scores)
    {
        if (columns.Length == 0)
        {
            return 0;
        }

        int failures = 0;
        foreach ((string name, bool isOurs, Func<Task<IServers>> start) in s_systems)
        {
            await using IServers servers = await start();
            foreach (Column column in columns)
            {
                try
                {
                    IReadOnlyList<(Figure Figure, double Value)> measured = await column.MeasureAsync(servers, settings);
                    scores.Add(column, isOurs, measured);
                    Console.Error.WriteLine($"round {round}, {name}: {column.Name}: {string.Join(", ", measured.Select(Text))}");
                }
                catch (Exception e) when (e is InvalidOperationException or IOException or OperationCanceledException or TimeoutException or Client.QuorateException)
                {
                    failures++;
                    Console.Error.WriteLine($"round {round}, {name}: {column.Name}: not measured: {e.Message}");
                }
            }
        }

        return failures;
    }

    private static string Text((Figure Figure, double Value) measured) =>
        $"{measured.Figure.Name} {measured.Value.ToString(measured.Figure.Format, CultureInfo.InvariantCulture)} {measured.Figure.Unit}";
}
