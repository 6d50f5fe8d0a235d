using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Server.Benchmark;
using Spectre.Console;

namespace Quorate.Server.CommandLine;

/// <summary><c>bench</c>: makes a load on a cluster, ours or etcd's, and says what it bears.</summary>
internal static class BenchmarkCommand
{
    /// <summary>Keys written in one transaction before reads are measured; the API's default limit is 128.</summary>
    private const int FillBatch = 100;

    private const int FillsAtOnce = 8;

    private static readonly double[] s_quantiles = [0.5, 0.99, 0.999];

    public static Command Create()
    {
        var kind = new Argument<LoadKind>("kind") { Description = "put, get, range, txn, or watch: one writer and many watchers." };
        var clients = Number("--clients", 64, "Clients, each with one call under way; or watchers.");
        var connections = Number("--connections", 4, "Connections that they share; each has a thread of its own.");
        var seconds = new Option<double>("--seconds") { Description = "How long to measure.", HelpName = "SECONDS", DefaultValueFactory = _ => 5 };
        var warmUp = new Option<double>("--warm-up") { Description = "How long to wait before measuring.", HelpName = "SECONDS", DefaultValueFactory = _ => 1 };
        var keys = Number("--keys", 10_000, "How many keys there are; each call takes one at random.");
        var valueBytes = Number("--value-bytes", 256, "Bytes of each value.");
        var limit = Number("--limit", 1_000, "Keys that a range returns.");
        var calls = new Option<long?>("--calls") { Description = "Make so many calls, instead of measuring for a time.", HelpName = "N" };
        var sequential = new Option<bool>("--sequential") { Description = "Take the keys one after the other instead of at random: as many calls as keys write each once." };
        var watchesPerStream = Number("--watches-per-stream", 1, "Watchers that share a stream.");
        var local = new Option<bool>("--local") { Description = "Read what the member asked has, without asking the leader." };
        var command = new Command("bench", "Make a load on a cluster, and measure what it bears. Writes keys under '" + LoadRequests.Prefix + "' and leaves them.")
        {
            kind, clients, connections, seconds, warmUp, keys, calls, sequential, valueBytes, limit, local, watchesPerStream,
        };
        ClientOptions.AddTo(command, async (context, parsed) =>
        {
            var options = new LoadOptions
            {
                EndPoints = [.. await Task.WhenAll(context.Client.Endpoints.Select(ResolveAsync))],
                Clients = Positive(parsed, clients),
                Connections = Positive(parsed, connections),
                WatchesPerStream = Positive(parsed, watchesPerStream),
                Keys = Positive(parsed, keys),
                InSequence = parsed.GetValue(sequential),
                ValueBytes = Positive(parsed, valueBytes),
                WarmUp = Seconds(parsed, warmUp),
                Duration = Seconds(parsed, seconds),
                Calls = parsed.GetValue(calls) is { } count
                    ? count > 0 ? count : throw new FormatException("--calls must be more than 0")
                    : null,
            };
            bool isLocal = parsed.GetValue(local);
            LoadKind what = parsed.GetValue(kind);
            if (what is LoadKind.Get or LoadKind.Range)
            {
                await FillAsync(context, options);
            }

            LoadResult result = await Task.Run(() => what switch
            {
                LoadKind.Put => LoadRun.Call(options, LoadRequests.Put(options.ValueBytes)),
                LoadKind.Get => LoadRun.Call(options, LoadRequests.Get(isLocal)),
                LoadKind.Txn => LoadRun.Call(options, LoadRequests.Transaction(options.ValueBytes)),
                LoadKind.Range => LoadRun.Call(options, LoadRequests.Range(isLocal, Positive(parsed, limit))),
                _ => LoadRun.Watch(
                    options,
                    LoadRequests.Put(options.ValueBytes),
                    ByteString.CopyFromUtf8(LoadRequests.Prefix),
                    ByteString.CopyFromUtf8(LoadRequests.PrefixEnd)),
            });
            Show(context, what, result);
            return result.Failures == 0
                ? ExitCode.Success
                : Terminal.Fail(ExitCode.Failed, $"{result.Failures} calls failed{(result.FirstFailure is { Length: > 0 } reason ? ": " + reason : string.Empty)}");
        });
        return command;
    }

    private static Option<int> Number(string name, int value, string description) =>
        new(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => value };

    private static int Positive(ParseResult parsed, Option<int> option) =>
        parsed.GetValue(option) is > 0 and var value ? value : throw new FormatException($"{option.Name} must be more than 0");

    private static TimeSpan Seconds(ParseResult parsed, Option<double> option) =>
        parsed.GetValue(option) is > 0 and <= 86_400 and var value
            ? TimeSpan.FromSeconds(value)
            : throw new FormatException($"{option.Name} must be more than 0 and at most 86400 seconds");

    private static async Task<EndPoint> ResolveAsync(Uri endpoint)
    {
        if (IPAddress.TryParse(endpoint.Host.Trim('[', ']'), out IPAddress? address))
        {
            return new IPEndPoint(address, endpoint.Port);
        }

        try
        {
            return new IPEndPoint((await Dns.GetHostAddressesAsync(endpoint.Host))[0], endpoint.Port);
        }
        catch (SocketException e)
        {
            throw new IOException($"the host of {endpoint.Authority} is not known: {e.Message}", e);
        }
    }

    /// <summary>Reads are measured of keys that are there.</summary>
    private static async Task FillAsync(ClientContext context, LoadOptions options)
    {
        RangeResponse counted = await context.Client.RangeAsync(
            new RangeRequest { Key = ByteString.CopyFromUtf8(LoadRequests.Key(0)), RangeEnd = ByteString.CopyFromUtf8(LoadRequests.Key(options.Keys)), CountOnly = true },
            context.CancellationToken);
        if (counted.Count >= options.Keys)
        {
            return;
        }

        ByteString value = LoadRequests.Value(options.ValueBytes);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, (options.Keys + FillBatch - 1) / FillBatch),
            new ParallelOptions { MaxDegreeOfParallelism = FillsAtOnce, CancellationToken = context.CancellationToken },
            async (batch, cancellationToken) =>
            {
                TxnRequest writes = new();
                for (int key = batch * FillBatch; key < Math.Min(options.Keys, (batch + 1) * FillBatch); key++)
                {
                    writes.Success.Add(new RequestOp { RequestPut = new PutRequest { Key = ByteString.CopyFromUtf8(LoadRequests.Key(key)), Value = value } });
                }

                await context.Client.TxnAsync(writes, cancellationToken);
            });
    }

    private static void Show(ClientContext context, LoadKind kind, LoadResult result)
    {
        double ownMicroseconds = result.Operations == 0 ? 0 : result.OwnProcessorTime.TotalMicroseconds / result.Operations;
        if (context.Json)
        {
            JsonText.WriteLine(json =>
            {
                json.WriteStartObject();
                json.WriteString("kind", kind.ToString().ToLowerInvariant());
                json.WriteNumber("operations", result.Operations);
                json.WriteNumber("all_operations", result.AllOperations);
                json.WriteNumber("seconds", result.Duration.TotalSeconds);
                json.WriteNumber("per_second", result.PerSecond);
                json.WriteNumber("failures", result.Failures);
                foreach (double quantile in s_quantiles)
                {
                    json.WriteNumber($"p{(quantile * 100).ToString(CultureInfo.InvariantCulture).Replace(".", string.Empty, StringComparison.Ordinal)}_ms", result.Latencies.Quantile(quantile).TotalMilliseconds);
                }

                json.WriteNumber("own_cpu_us_per_operation", ownMicroseconds);
                json.WriteEndObject();
            });
            return;
        }

        Table table = new Table().RoundedBorder().BorderColor(Color.Grey).HideHeaders().AddColumns("what", "value");
        table.AddRow(kind == LoadKind.Watch ? "events a second" : "calls a second", result.PerSecond.ToString("N0", CultureInfo.InvariantCulture));
        foreach (double quantile in s_quantiles)
        {
            table.AddRow($"{(kind == LoadKind.Watch ? "write " : string.Empty)}p{(quantile * 100).ToString(CultureInfo.InvariantCulture)}", result.Latencies.Quantile(quantile).TotalMilliseconds.ToString("0.000 ms", CultureInfo.InvariantCulture));
        }

        table.AddRow("processor time of this load", ownMicroseconds.ToString("0.0 µs each", CultureInfo.InvariantCulture));
        Terminal.Output.Write(table);
    }
}
