using Quorate.Client;
using Quorate.Etcd.Protocol;

namespace Quorate.Bench.Comparison;

/// <summary>Who leads a cluster.</summary>
internal static class Leadership
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    /// <summary>The addresses, that of the leader first.</summary>
    public static async Task<string[]> LeaderFirstAsync(IServers servers)
    {
        int leader = await FindAsync(servers);
        return [servers.Endpoints[leader], .. servers.Endpoints.Where((_, member) => member != leader)];
    }

    /// <summary>Waits until all members answer and follow the same leader; returns which member that is.</summary>
    public static async Task<int> FindAsync(IServers servers)
    {
        using var client = new QuorateClient(new QuorateClientOptions { Endpoints = [.. servers.Endpoints], Timeout = TimeSpan.FromSeconds(5) });
        using var bound = new CancellationTokenSource(s_patience);
        while (true)
        {
            try
            {
                var statuses = new List<StatusResponse>();
                foreach (Uri endpoint in client.Endpoints)
                {
                    statuses.Add(await client.StatusAsync(endpoint, bound.Token));
                }

                int leader = statuses.FindIndex(status => status.Leader == status.Header.MemberId);
                if (leader >= 0 && statuses.TrueForAll(status => status.Leader == statuses[leader].Leader))
                {
                    return leader;
                }
            }
            catch (QuorateException)
            {
                // A member that is starting does not answer yet.
            }

            await Task.Delay(s_pause, bound.Token);
        }
    }
}
