using System.Diagnostics;
using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Grpc;

namespace Quorate.Bench;

/// <summary>Clients that each do one operation after the other, over a few shared connections.</summary>
internal sealed class Load : IDisposable
{
    private const int ValueBytes = 256;
    private const int KeyCount = 100_000;
    private const int ConnectionsPerMember = 4;

    private static readonly Method<PutRequest, PutResponse> Put = new(KvDescriptor.FindMethodByName("Put"));
    private static readonly Method<RangeRequest, RangeResponse> Range = new(KvDescriptor.FindMethodByName("Range"));

    private readonly GrpcChannel[] _channels;

    public Load(IEnumerable<string> endpoints)
    {
        _channels = [.. endpoints.SelectMany(endpoint => Enumerable.Range(0, ConnectionsPerMember).Select(_ => new GrpcChannel(new Uri("http://" + endpoint))))];
    }

    private static Google.Protobuf.Reflection.ServiceDescriptor KvDescriptor =>
        RpcReflection.Descriptor.Services.Single(service => service.Name == "KV");

    public Task<LoadResult> WriteAsync(int clients, TimeSpan duration) => RunAsync(clients, duration, (channel, random) =>
        channel.UnaryAsync(Put, new PutRequest { Key = Key(random), Value = ByteString.CopyFrom(Value(random)) }));

    public Task<LoadResult> ReadAsync(int clients, TimeSpan duration, bool serializable) => RunAsync(clients, duration, (channel, random) =>
        channel.UnaryAsync(Range, new RangeRequest { Key = Key(random), Serializable = serializable }));

    public void Dispose()
    {
        foreach (GrpcChannel channel in _channels)
        {
            channel.Dispose();
        }
    }

    private static ByteString Key(Random random) => ByteString.CopyFromUtf8($"bench/{random.Next(KeyCount):d8}");

    private static byte[] Value(Random random)
    {
        byte[] value = new byte[ValueBytes];
        random.NextBytes(value);
        return value;
    }

    private async Task<LoadResult> RunAsync(int clients, TimeSpan duration, Func<GrpcChannel, Random, Task> operation)
    {
        await RunClientsAsync(clients, duration / 4, operation);
        var clock = Stopwatch.StartNew();
        List<double> latencies = await RunClientsAsync(clients, duration, operation);
        double seconds = clock.Elapsed.TotalSeconds;
        latencies.Sort();
        return new LoadResult(
            latencies.Count / seconds, latencies[latencies.Count / 2], latencies[(int)(latencies.Count * 0.99)]);
    }

    private async Task<List<double>> RunClientsAsync(int clients, TimeSpan duration, Func<GrpcChannel, Random, Task> operation)
    {
        var clock = Stopwatch.StartNew();
        Task<List<double>>[] running = [.. Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            var random = new Random(client);
            GrpcChannel channel = _channels[client % _channels.Length];
            List<double> latencies = [];
            while (clock.Elapsed < duration)
            {
                long began = Stopwatch.GetTimestamp();
                await operation(channel, random);
                latencies.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            return latencies;
        }))];
        return [.. (await Task.WhenAll(running)).SelectMany(latencies => latencies)];
    }
}
