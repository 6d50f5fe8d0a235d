using System.Globalization;
using System.Text.Json;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.Bench.Comparison;

/// <summary>One kind of load, as <c>quorate bench</c> makes it.</summary>
/// <param name="name">For the table.</param>
/// <param name="arguments">Of <c>quorate bench</c>.</param>
/// <param name="valueBytes">Bytes of value that each operation writes; zero for reads.</param>
/// <param name="bars">What is asked of it.</param>
internal sealed class LoadColumn(string name, string[] arguments, int valueBytes, params Bar[] bars) : Column(name, bars)
{
    /// <summary>What <c>quorate bench</c> writes unless told otherwise.</summary>
    public const int ValueBytes = 256;

    private const string Connections = "6";

    public override async Task<IReadOnlyList<(Figure Figure, double Value)>> MeasureAsync(IServers servers, ComparisonSettings settings)
    {
        LoadMeasurement result = await RunAsync(servers, arguments, settings.WarmUp, settings.Duration);
        List<(Figure, double)> figures =
        [
            (Figure.Rate, result.PerSecond), (Figure.Processor, result.ProcessorMicroseconds),
            (Figure.Median, result.P50), (Figure.P99, result.P99), (Figure.P999, result.P999),
        ];
        if (valueBytes > 0)
        {
            figures.Add((Figure.Written, result.WrittenBytesPerOperation / valueBytes / servers.ProcessIds.Count));
        }

        return figures;
    }

    /// <summary>Warms up, then measures a load whose connections begin at the leader.</summary>
    public static async Task<LoadMeasurement> RunAsync(IServers servers, IEnumerable<string> load, TimeSpan warmUp, TimeSpan duration)
    {
        string[] endpoints = await Leadership.LeaderFirstAsync(servers);
        string[] arguments =
        [
            "bench", .. load, "--endpoints", string.Join(',', endpoints), "--connections", Connections, "--output", "json", "--timeout", "60",
        ];

        // Fills in what is read, and lets everything be compiled that is going to be.
        (await Programs.RunAsync(Programs.Built, [.. arguments, "--seconds", Seconds(warmUp), "--warm-up", "0.1"])).Succeeded();
        ProcessUsage before = ProcessUsage.Of(servers);
        ProgramResult ran = await Programs.RunAsync(
            Programs.Built, [.. arguments, "--seconds", Seconds(duration), "--warm-up", "0.1"]);
        ProcessUsage after = ProcessUsage.Of(servers);
        using JsonDocument json = JsonDocument.Parse(ran.Succeeded());
        double Value(string name) => json.RootElement.GetProperty(name).GetDouble();
        double operations = Value("all_operations");
        return new LoadMeasurement(
            Value("per_second"),
            Value("p50_ms"),
            Value("p99_ms"),
            Value("p999_ms"),
            (after.Processor - before.Processor).TotalMicroseconds / operations,
            (after.WrittenBytes - before.WrittenBytes) / operations);
    }

    /// <summary>Writes so many keys, each once, with one call each.</summary>
    public static async Task LoadKeysAsync(IServers servers, int keys, int bytes, int calls)
    {
        string[] endpoints = await Leadership.LeaderFirstAsync(servers);
        string[] arguments =
        [
            "bench", "put", "--sequential", "--keys", $"{keys}", "--calls", $"{calls}", "--value-bytes", $"{bytes}", "--clients", "500",
            "--connections", Connections, "--endpoints", string.Join(',', endpoints), "--timeout", "60",
        ];
        (await Programs.RunAsync(Programs.Built, arguments, atMost: TimeSpan.FromHours(1))).Succeeded();
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString(CultureInfo.InvariantCulture);
}
