using Quorate.Replica;

namespace Quorate.Runtime.Tests.Hosting;

/// <summary>What writes cost in flushes and frames: counts, not times, so that a regression shows on any machine.</summary>
public sealed class EngineCostTests
{
    private const int Writers = 64;
    private const int WritesEach = 100;

    [Fact]
    public async Task Sixty_four_writers_share_their_flushes()
    {
        await using var cluster = new TestCluster(3);
        await cluster.StartAllAsync();
        QuorateHost leader = await cluster.LeaderAsync();
        await TestCluster.AddAsync(leader, 1);
        long flushesBefore = cluster.Hosts.Sum(host => host.Counters.BatchesFlushed);
        long framesBefore = cluster.Hosts.Sum(host => host.Counters.FramesSent);

        await Patience.ForAsync(Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => WriteAsync(leader))));

        double thousands = Writers * WritesEach / 1000.0;
        double flushes = (cluster.Hosts.Sum(host => host.Counters.BatchesFlushed) - flushesBefore) / thousands;
        double frames = (cluster.Hosts.Sum(host => host.Counters.FramesSent) - framesBefore) / thousands;

        // One by one it would be 3,000 flushes and 4,000 frames. Measured: about 100, and 400 to 600.
        flushes.ShouldBeInRange(1, 1_000);
        frames.ShouldBeInRange(1, 1_500);
    }

    private static async Task WriteAsync(QuorateHost leader)
    {
        for (int i = 0; i < WritesEach; i++)
        {
            (await leader.ProposeAsync(SumMachine.Add(1))).Status.ShouldBe(ProposalStatus.Applied);
        }
    }
}
