using System.Diagnostics;
using Quorate.Client;
using Quorate.Etcd.Protocol;

namespace Quorate.Bench.Comparison;

/// <summary>
/// How long a cluster takes no writes when its leader is killed: from SIGKILL to the next acknowledged write, by a client
/// that knows the other members and writes again and again. Each killing is of a fresh cluster.
/// </summary>
internal static class FailoverRun
{
    /// <summary>An attempt that went to the dead leader may wait for it in vain: the client turns to the next one soon.</summary>
    private static readonly TimeSpan s_attempt = TimeSpan.FromMilliseconds(250);

    /// <summary>What a cluster at work has done: its members have heard heartbeats, and their code is compiled.</summary>
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Kills so many leaders, each of a cluster of its own; the times in milliseconds, in order of killing.</summary>
    public static async Task<List<double>> MeasureAsync(Func<Task<IServers>> start, int killings)
    {
        List<double> milliseconds = [];
        for (int i = 0; i < killings; i++)
        {
            milliseconds.Add(await KillOnceAsync(start));
        }

        return milliseconds;
    }

    /// <summary>Starts a cluster, kills its leader, and returns the milliseconds until a write is acknowledged.</summary>
    public static async Task<double> KillOnceAsync(Func<Task<IServers>> start)
    {
        await using IServers servers = await start();
        int leader = await LeaderAsync(servers);
        using var client = new QuorateClient(new QuorateClientOptions
        {
            Endpoints = [.. servers.Endpoints.Where((_, index) => index != leader)],
            Timeout = s_patience,
        });
        foreach (Uri endpoint in client.Endpoints)
        {
            await client.StatusAsync(endpoint); // connects, so that turning to the other costs no more than asking it
        }

        var settled = Stopwatch.StartNew();
        while (settled.Elapsed < s_settling)
        {
            await client.PutAsync("failover", "before");
        }

        using var process = Process.GetProcessById(servers.ProcessIds[leader]);
        var clock = Stopwatch.StartNew();
        process.Kill();
        await WriteUntilAcknowledgedAsync(client, clock);
        return clock.Elapsed.TotalMilliseconds;
    }

    private static async Task WriteUntilAcknowledgedAsync(QuorateClient client, Stopwatch clock)
    {
        // A write that the leader acknowledges while it is being killed is none of its successor's.
        await Task.Delay(TimeSpan.FromMilliseconds(5));
        while (true)
        {
            try
            {
                using var attempt = new CancellationTokenSource(s_attempt);
                await client.PutAsync("failover", "after", attempt.Token);
                return;
            }
            catch (Exception e) when (e is QuorateException or OperationCanceledException && clock.Elapsed < s_patience)
            {
                // Put again: the same value, so it does no harm if both take effect.
            }
        }
    }

    private static async Task<int> LeaderAsync(IServers servers)
    {
        using var client = new QuorateClient([.. servers.Endpoints]);
        while (true)
        {
            for (int i = 0; i < servers.Endpoints.Count; i++)
            {
                StatusResponse status = await client.StatusAsync(new Uri("http://" + servers.Endpoints[i]));
                if (status.Leader != 0 && status.Leader == status.Header.MemberId)
                {
                    return i;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }
}
