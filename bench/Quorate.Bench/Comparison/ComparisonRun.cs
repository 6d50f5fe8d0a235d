using System.Globalization;
using System.Text.Json;
using Quorate.Client;
using Quorate.EndToEnd.Tests.Harness;
using Quorate.Etcd.Protocol;
using Spectre.Console;

namespace Quorate.Bench.Comparison;

/// <summary>
/// Puts the same loads on etcd and on ours, in turn, on fresh clusters, and prints medians and ratios. Load and members
/// share the machine, so what counts most is the processor time of the members for each operation.
/// </summary>
internal static class ComparisonRun
{
    private const int Members = 3;
    private const string Connections = "6";

    private static readonly (string Name, Func<Task<IServers>> Start)[] s_systems =
        [("etcd", EtcdServers.StartAsync), ("quorate", QuorateServers.StartAsync)];

    public static async Task<int> RunAsync(TimeSpan duration, int rounds, string? only)
    {
        Column[] columns = [.. Column.All.Where(column => only is null || column.Name.Contains(only, StringComparison.OrdinalIgnoreCase))];
        Dictionary<(string System, string Column), List<Measurement>> measured = [];
        Dictionary<string, List<long>> resident = [];
        for (int round = 1; round <= rounds; round++)
        {
            foreach ((string name, Func<Task<IServers>> start) in s_systems)
            {
                await using IServers servers = await start();
                foreach (Column column in columns)
                {
                    Measurement result = await MeasureAsync(servers, column, duration);
                    measured.TryAdd((name, column.Name), []);
                    measured[(name, column.Name)].Add(result);
                    Console.Error.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"round {round}, {name}: {column.Name}: {result.PerSecond:N0}/s, {result.ProcessorMicroseconds:0.0} µs, p50 {result.P50:0.00} ms, p99 {result.P99:0.00} ms"));
                }

                resident.TryAdd(name, []);
                resident[name].Add(ProcessUsage.Of(servers).LargestResidentBytes);
            }
        }

        Print(columns, measured);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"resident after all of it, the largest member: etcd {Median(resident["etcd"], bytes => bytes) / (1 << 20):0} MiB, quorate {Median(resident["quorate"], bytes => bytes) / (1 << 20):0} MiB"));
        return 0;
    }

    private static async Task<Measurement> MeasureAsync(IServers servers, Column column, TimeSpan duration)
    {
        string[] endpoints = await LeaderFirstAsync(servers);
        string[] arguments =
        [
            "bench", .. column.Arguments, "--endpoints", string.Join(',', endpoints), "--connections", Connections, "--output", "json", "--timeout", "60",
        ];

        // Fills in what is read, and lets everything be compiled that is going to be.
        (await Programs.RunAsync(Programs.Quorate, [.. arguments, "--seconds", "1", "--warm-up", "0.5"])).Succeeded();
        ProcessUsage before = ProcessUsage.Of(servers);
        ProgramResult ran = await Programs.RunAsync(
            Programs.Quorate, [.. arguments, "--seconds", duration.TotalSeconds.ToString(CultureInfo.InvariantCulture), "--warm-up", "0.1"]);
        ProcessUsage after = ProcessUsage.Of(servers);
        using JsonDocument json = JsonDocument.Parse(ran.Succeeded());
        double Value(string name) => json.RootElement.GetProperty(name).GetDouble();
        double operations = Value("all_operations");
        return new Measurement(
            Value("per_second"),
            Value("p50_ms"),
            Value("p99_ms"),
            Value("p999_ms"),
            (after.Processor - before.Processor).TotalMicroseconds / operations,
            column.ValueBytes == 0 ? 0 : (after.WrittenBytes - before.WrittenBytes) / operations / column.ValueBytes / Members);
    }

    private static async Task<string[]> LeaderFirstAsync(IServers servers)
    {
        using var client = new QuorateClient(new QuorateClientOptions { Endpoints = [.. servers.Endpoints], Timeout = TimeSpan.FromSeconds(30) });
        var statuses = new List<(string Endpoint, StatusResponse Status)>();
        foreach (Uri endpoint in client.Endpoints)
        {
            statuses.Add((endpoint.Authority, await client.StatusAsync(endpoint)));
        }

        return [.. statuses.OrderBy(member => member.Status.Leader == member.Status.Header.MemberId ? 0 : 1).Select(member => member.Endpoint)];
    }

    private static void Print(Column[] columns, Dictionary<(string System, string Column), List<Measurement>> measured)
    {
        Table table = new Table().MarkdownBorder().AddColumns(
            "load", "etcd /s", "ours /s", "ratio", "etcd µs CPU", "ours µs CPU", "ratio", "etcd p50", "ours p50", "etcd p99", "ours p99", "etcd p99.9", "ours p99.9", "etcd B/B", "ours B/B");
        foreach (Column column in columns)
        {
            List<Measurement> etcd = measured[("etcd", column.Name)];
            List<Measurement> ours = measured[("quorate", column.Name)];
            table.AddRow(
                column.Name,
                Text(etcd, result => result.PerSecond, "N0"),
                Text(ours, result => result.PerSecond, "N0"),
                Number(Median(ours, result => result.PerSecond) / Median(etcd, result => result.PerSecond), "0.0"),
                Text(etcd, result => result.ProcessorMicroseconds, "0.0"),
                Text(ours, result => result.ProcessorMicroseconds, "0.0"),
                Number(Median(ours, result => result.ProcessorMicroseconds) / Median(etcd, result => result.ProcessorMicroseconds), "0.00"),
                Text(etcd, result => result.P50, "0.00"),
                Text(ours, result => result.P50, "0.00"),
                Text(etcd, result => result.P99, "0.0"),
                Text(ours, result => result.P99, "0.0"),
                Text(etcd, result => result.P999, "0.0"),
                Text(ours, result => result.P999, "0.0"),
                column.ValueBytes == 0 ? "–" : Text(etcd, result => result.WrittenPerValueByte, "0.0"),
                column.ValueBytes == 0 ? "–" : Text(ours, result => result.WrittenPerValueByte, "0.0"));
        }

        AnsiConsole.Profile.Width = 260;
        AnsiConsole.Write(table);
    }

    private static string Text(List<Measurement> results, Func<Measurement, double> value, string format) => Number(Median(results, value), format);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static double Median<T>(List<T> results, Func<T, double> value) => results.Select(value).Order().ElementAt(results.Count / 2);
}
