using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Quorate.Client;
using Quorate.EndToEnd.Tests.Harness;
using Quorate.Etcd.Protocol;

namespace Quorate.Bench;

/// <summary>What many keys cost in memory and at start-up.</summary>
internal static class Memory
{
    private const int ValueBytes = 256;
    private const int BatchKeys = 128;

    public static async Task<int> RunAsync(int keys)
    {
        await using ClusterProcesses cluster = await ClusterProcesses.StartAsync();
        Report(cluster, "empty");
        using var client = new QuorateClient(new QuorateClientOptions
        {
            Endpoints = [.. cluster.Members.Select(member => member.Endpoint)],
            Timeout = TimeSpan.FromSeconds(60),
        });
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, (keys + BatchKeys - 1) / BatchKeys),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (batch, cancellationToken) =>
            {
                var transaction = new TxnRequest();
                for (int i = batch * BatchKeys; i < Math.Min(keys, (batch + 1) * BatchKeys); i++)
                {
                    byte[] value = new byte[ValueBytes];
                    Random.Shared.NextBytes(value);
                    transaction.Success.Add(new RequestOp
                    {
                        RequestPut = new PutRequest { Key = ByteString.CopyFromUtf8($"memory/{i:d10}"), Value = UnsafeByteOperations.UnsafeWrap(value) },
                    });
                }

                await client.TxnAsync(transaction, cancellationToken);
            });
        Console.WriteLine($"loaded {keys} keys of {ValueBytes} bytes in {clock.Elapsed.TotalSeconds:0.0} s");
        Report(cluster, "loaded");
        foreach (MemberProcess member in cluster.Members)
        {
            await member.StopAsync();
        }

        clock.Restart();
        await Task.WhenAll(cluster.Members.Select(member => member.StartAsync()));
        Console.WriteLine($"all three started at once, ready after {clock.Elapsed.TotalSeconds:0.0} s");
        await client.GetAsync("memory/0000000000");
        Console.WriteLine($"first linearizable read after {clock.Elapsed.TotalSeconds:0.0} s");
        Report(cluster, "restarted");
        return 0;
    }

    private static void Report(ClusterProcesses cluster, string when) => Console.WriteLine(
        $"{when}: resident MiB of the members: {string.Join(", ", cluster.Members.Select(member => ResidentMebibytes(member).ToString("0", CultureInfo.InvariantCulture)))}");

    private static double ResidentMebibytes(MemberProcess member)
    {
        using Process process = Process.GetProcessById(member.ProcessId);
        return process.WorkingSet64 / (double)(1 << 20);
    }
}
