using System.Diagnostics;
using Quorate.Client;

namespace Quorate.Bench.Comparison;

/// <summary>Kills the leader of a cluster, and measures how long it takes until a write is acknowledged again.</summary>
internal static class LeaderLoss
{
    /// <summary>
    /// Each survivor is asked this often, whatever became of the writes before: one that was sent to the dead leader may
    /// hang, and the next is not to wait for it.
    /// </summary>
    private static readonly TimeSpan s_writeEvery = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>What the follower that has come back is given to be one like the other.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(1);

    /// <summary>Leaves the cluster whole.</summary>
    public static async Task<TimeSpan> MeasureAsync(IServers servers)
    {
        int leader = await Leadership.FindAsync(servers);
        QuorateClient[] survivors =
        [
            .. servers.Endpoints.Where((_, member) => member != leader)
                .Select(endpoint => new QuorateClient(new QuorateClientOptions { Endpoints = [endpoint], Timeout = s_patience })),
        ];
        try
        {
            foreach (QuorateClient survivor in survivors)
            {
                await survivor.PutAsync("failover", "before");
            }

            var clock = Stopwatch.StartNew();
            await servers.KillAsync(leader);
            await WriteUntilAcknowledgedAsync(survivors);
            TimeSpan outage = clock.Elapsed;
            servers.Start(leader);
            await Leadership.FindAsync(servers);
            await Task.Delay(s_rest);
            return outage;
        }
        finally
        {
            foreach (QuorateClient survivor in survivors)
            {
                survivor.Dispose();
            }
        }
    }

    private static async Task WriteUntilAcknowledgedAsync(QuorateClient[] survivors)
    {
        using var bound = new CancellationTokenSource(s_patience);
        var acknowledged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        List<Task> writes = [];
        using var timer = new PeriodicTimer(s_writeEvery);
        do
        {
            bound.Token.ThrowIfCancellationRequested();
            writes.AddRange(survivors.Select(survivor => WriteAsync(survivor, acknowledged, bound.Token)));
            await Task.WhenAny(acknowledged.Task, timer.WaitForNextTickAsync(bound.Token).AsTask());
        }
        while (!acknowledged.Task.IsCompleted);
        await bound.CancelAsync();
        await Task.WhenAll(writes);
    }

    /// <summary>Always the same value: it does no harm if several of them take effect.</summary>
    private static async Task WriteAsync(QuorateClient survivor, TaskCompletionSource acknowledged, CancellationToken cancellationToken)
    {
        try
        {
            await survivor.PutAsync("failover", "after", cancellationToken);
            acknowledged.TrySetResult();
        }
        catch (Exception e) when (e is QuorateException or OperationCanceledException)
        {
            // The next one may succeed.
        }
    }
}
