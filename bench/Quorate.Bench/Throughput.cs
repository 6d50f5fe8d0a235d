using System.Globalization;
using Quorate.EndToEnd.Tests.Harness;
using Spectre.Console;

namespace Quorate.Bench;

/// <summary>Writes and reads a second.</summary>
internal static class Throughput
{
    private static readonly int[] Clients = [1, 64, 1000];

    public static async Task<int> RunAsync(TimeSpan duration, int rounds)
    {
        await using ClusterProcesses cluster = await ClusterProcesses.StartAsync();
        using var load = new Load(cluster.Members.Select(member => member.Endpoint));
        (string Name, Func<int, Task<LoadResult>> Run)[] kinds =
        [
            ("write", clients => load.WriteAsync(clients, duration)),
            ("linearizable read", clients => load.ReadAsync(clients, duration, serializable: false)),
            ("local read", clients => load.ReadAsync(clients, duration, serializable: true)),
        ];
        var results = new Dictionary<(string, int), List<LoadResult>>();
        for (int round = 0; round < rounds; round++)
        {
            foreach ((string name, Func<int, Task<LoadResult>> run) in kinds)
            {
                foreach (int clients in Clients)
                {
                    LoadResult result = await run(clients);
                    Console.Error.WriteLine($"round {round + 1}: {name}, {clients} clients: {result.OperationsPerSecond:0} a second");
                    results.TryAdd((name, clients), []);
                    results[(name, clients)].Add(result);
                }
            }
        }

        Table table = new Table().MarkdownBorder().AddColumns("operation", "clients", "a second", "median ms", "p99 ms");
        foreach (((string name, int clients), List<LoadResult> measured) in results)
        {
            LoadResult median = measured.OrderBy(result => result.OperationsPerSecond).ElementAt(measured.Count / 2);
            table.AddRow(
                name, clients.ToString(CultureInfo.InvariantCulture), median.OperationsPerSecond.ToString("N0", CultureInfo.InvariantCulture),
                median.MedianMilliseconds.ToString("0.00", CultureInfo.InvariantCulture), median.P99Milliseconds.ToString("0.00", CultureInfo.InvariantCulture));
        }

        AnsiConsole.Write(table);
        return 0;
    }
}
