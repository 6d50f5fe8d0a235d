using Google.Protobuf;
using Quorate.Client;
using Quorate.Etcd.Protocol;

namespace Quorate.EndToEnd.Tests.Harness;

/// <summary>
/// Writers that put key after key until they are told to stop, and remember which puts were acknowledged. A put that
/// fails is not tried again: its outcome is unknown, and nothing is asked of it.
/// </summary>
internal sealed class Writer : IAsyncDisposable
{
    private readonly QuorateClient _client;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task[] _writers;
    private readonly List<string> _acknowledged = [];

    public Writer(ClusterProcesses cluster, int writers)
    {
        _client = new QuorateClient(new QuorateClientOptions
        {
            Endpoints = [.. cluster.Members.Select(member => member.Endpoint)],
            Timeout = TimeSpan.FromSeconds(10),
        });
        _writers = [.. Enumerable.Range(0, writers).Select(i => Task.Run(() => WriteAsync(i)))];
    }

    public int Acknowledged
    {
        get
        {
            lock (_acknowledged)
            {
                return _acknowledged.Count;
            }
        }
    }

    /// <summary>Waits until that many more puts have been acknowledged.</summary>
    public async Task WritesMoreAsync(int puts)
    {
        int goal = Acknowledged + puts;
        while (Acknowledged < goal)
        {
            _writers.ShouldAllBe(writer => !writer.IsCompleted);
            await Task.Delay(10);
        }
    }

    /// <summary>Ends the writers and returns the keys of all acknowledged puts; the value is the key.</summary>
    public async Task<IReadOnlyList<string>> StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_writers);
        lock (_acknowledged)
        {
            return [.. _acknowledged];
        }
    }

    /// <summary>Every acknowledged put must be there, on each member.</summary>
    public static async Task AllAreThereAsync(ClusterProcesses cluster, IReadOnlyList<string> keys)
    {
        foreach (MemberProcess member in cluster.Members)
        {
            using var client = new QuorateClient(new QuorateClientOptions { Endpoints = [member.Endpoint], Timeout = TimeSpan.FromMinutes(1) });
            RangeResponse found = await client.RangeAsync(new RangeRequest { Key = ByteString.CopyFrom(0), RangeEnd = ByteString.CopyFrom(0) });
            HashSet<string> held = [.. found.Kvs.Where(record => record.Key == record.Value).Select(record => record.Key.ToStringUtf8())];
            keys.Where(key => !held.Contains(key)).ShouldBeEmpty($"acknowledged, and not on member {member.Name}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _client.Dispose();
        _stopping.Dispose();
    }

    private async Task WriteAsync(int writer)
    {
        for (int i = 0; !_stopping.IsCancellationRequested; i++)
        {
            string key = $"writer/{writer}/{i:d6}";
            try
            {
                await _client.PutAsync(key, key);
            }
            catch (QuorateException)
            {
                continue;
            }

            lock (_acknowledged)
            {
                _acknowledged.Add(key);
            }
        }
    }
}
