using System.Globalization;
using Quorate.Bench.Comparison;
using Spectre.Console;

namespace Quorate.Bench;

/// <summary>
/// Time from SIGKILL of the leader to the next acknowledged write, of etcd and of ours in turn. Both have the timeouts
/// that they have unless set, which are the same: heartbeats each 100 ms, an election timeout of 1000 ms.
/// </summary>
internal static class Failover
{
    private static readonly (string Name, Func<Task<IServers>> Start)[] s_systems =
        [("etcd", EtcdServers.StartAsync), ("quorate", QuorateServers.StartAsync)];

    public static async Task<int> RunAsync(int killings)
    {
        Dictionary<string, List<double>> measured = s_systems.ToDictionary(system => system.Name, _ => new List<double>());
        for (int i = 1; i <= killings; i++)
        {
            foreach ((string name, Func<Task<IServers>> start) in s_systems)
            {
                double milliseconds = await FailoverRun.KillOnceAsync(start);
                measured[name].Add(milliseconds);
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"killing {i}, {name}: {milliseconds:0} ms"));
            }
        }

        Table table = new Table().MarkdownBorder().AddColumns("SIGKILL of the leader to the next write, ms", "median", "p90", "least", "most");
        foreach ((string name, _) in s_systems)
        {
            double[] sorted = [.. measured[name].Order()];
            table.AddRow(name, Text(Percentile(sorted, 50)), Text(Percentile(sorted, 90)), Text(sorted[0]), Text(sorted[^1]));
        }

        AnsiConsole.Profile.Width = 120;
        AnsiConsole.Write(table);
        double ratio = Percentile([.. measured["quorate"].Order()], 50) / Percentile([.. measured["etcd"].Order()], 50);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ours takes {ratio:0.00} of etcd's time, by the medians of {killings} killings each"));
        return 0;
    }

    private static double Percentile(double[] sorted, int percent) => sorted[Math.Min(sorted.Length - 1, sorted.Length * percent / 100)];

    private static string Text(double milliseconds) => milliseconds.ToString("0", CultureInfo.InvariantCulture);
}
