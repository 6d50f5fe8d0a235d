using System.Diagnostics;
using Quorate.Replica;
using Quorate.Runtime;

namespace Quorate.Bench.Engine;

/// <summary>Writers that each wait for the commit of one entry before they propose the next, at the leader.</summary>
internal static class EngineLoad
{
    private const int CommandBytes = 256;

    public static async Task<EngineResult> RunAsync(EngineCluster cluster, int writers, TimeSpan duration)
    {
        QuorateHost leader = cluster.Leader;
        await WriteAsync(leader, writers, duration / 4);
        long flushesBefore = cluster.Flushes;
        long framesBefore = cluster.Frames;
        ProcessCosts before = ProcessCosts.Now();
        var clock = Stopwatch.StartNew();
        LatencyCounts latencies = await WriteAsync(leader, writers, duration);
        double seconds = clock.Elapsed.TotalSeconds;
        ProcessCosts costs = ProcessCosts.Now() - before;
        double commits = latencies.Count;
        return new EngineResult(
            writers,
            commits / seconds,
            latencies.Quantile(0.5),
            latencies.Quantile(0.99),
            costs.Processor.TotalMicroseconds / commits,
            (cluster.Flushes - flushesBefore) / commits,
            (cluster.Frames - framesBefore) / commits,
            costs.ContextSwitches / commits,
            costs.AllocatedBytes / commits);
    }

    private static async Task<LatencyCounts> WriteAsync(QuorateHost leader, int writers, TimeSpan duration)
    {
        long end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var latencies = new LatencyCounts();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(() => WriteAsync(leader, end, latencies))));
        return latencies;
    }

    private static async Task WriteAsync(QuorateHost leader, long end, LatencyCounts latencies)
    {
        byte[] command = new byte[CommandBytes];
        Random.Shared.NextBytes(command);
        for (long began = Stopwatch.GetTimestamp(); began < end;)
        {
            ProposalOutcome outcome = await leader.ProposeAsync(command);
            if (outcome.Status != ProposalStatus.Applied)
            {
                throw new InvalidOperationException($"a write ended as {outcome.Status}; {leader.Status.Failure}");
            }

            long now = Stopwatch.GetTimestamp();
            latencies.Add(Stopwatch.GetElapsedTime(began, now));
            began = now;
        }
    }
}
