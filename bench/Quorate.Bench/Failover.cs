using System.Diagnostics;
using Quorate.Client;
using Quorate.EndToEnd.Tests.Harness;
using Quorate.Etcd.Protocol;

namespace Quorate.Bench;

/// <summary>How long a cluster takes no writes when its leader is killed.</summary>
internal static class Failover
{
    private const int Killings = 10;

    public static async Task<int> RunAsync()
    {
        await using ClusterProcesses cluster = await ClusterProcesses.StartAsync();
        List<double> milliseconds = [];
        for (int i = 0; i < Killings; i++)
        {
            MemberProcess leader = await LeaderAsync(cluster);
            using var client = new QuorateClient(new QuorateClientOptions
            {
                Endpoints = [.. cluster.Members.Where(member => member != leader).Select(member => member.Endpoint)],
                Timeout = TimeSpan.FromSeconds(30),
            });
            await client.PutAsync("failover", "before");
            var clock = Stopwatch.StartNew();
            await leader.KillAsync();
            await WriteUntilAcknowledgedAsync(client);
            milliseconds.Add(clock.Elapsed.TotalMilliseconds);
            Console.WriteLine($"killing {i + 1}: {milliseconds[^1]:0} ms");
            await leader.StartAsync();
        }

        milliseconds.Sort();
        Console.WriteLine($"SIGKILL of the leader to the next acknowledged write: median {milliseconds[Killings / 2]:0} ms, from {milliseconds[0]:0} to {milliseconds[^1]:0} ms");
        return 0;
    }

    private static async Task WriteUntilAcknowledgedAsync(QuorateClient client)
    {
        while (true)
        {
            try
            {
                using var attempt = new CancellationTokenSource(TimeSpan.FromMilliseconds(250));
                await client.PutAsync("failover", "after", attempt.Token);
                return;
            }
            catch (Exception e) when (e is QuorateException or OperationCanceledException)
            {
                // Put again: the same value, so it does no harm if both take effect.
            }
        }
    }

    private static async Task<MemberProcess> LeaderAsync(ClusterProcesses cluster)
    {
        using var client = new QuorateClient([.. cluster.Members.Select(member => member.Endpoint)]);
        while (true)
        {
            foreach (MemberProcess member in cluster.Members)
            {
                StatusResponse status = await client.StatusAsync(new Uri("http://" + member.Endpoint));
                if (status.Leader != 0 && status.Leader == status.Header.MemberId)
                {
                    return member;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }
}
