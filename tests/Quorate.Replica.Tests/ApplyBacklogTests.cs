using Quorate.Raft;
using Quorate.Replica.Tests.World;
using Quorate.Simulation;

namespace Quorate.Replica.Tests;

/// <summary>Everything is bounded: also what a follower holds and has not applied, because it applies more slowly than the cluster commits.</summary>
public sealed class ApplyBacklogTests
{
    private const int BacklogMax = 200;
    private const int InflightMax = 64; // of entries of 1,000 bytes

    [Theory]
    [InlineData(BacklogMax, 64L << 20)]
    [InlineData(65_536, BacklogMax * 1000L)]
    public void A_follower_that_applies_slowly_does_not_hold_ever_more(long backlogEntriesMax, long backlogBytesMax)
    {
        TestCluster cluster = new(
            seed: 5,
            configure: options => options with
            {
                ApplyBacklogEntriesMax = backlogEntriesMax,
                ApplyBacklogBytesMax = backlogBytesMax,
                ApplyEntriesMax = options.Id.Value == 3 ? 1 : 1024,
                TrailingEntriesKept = 0,
                SnapshotEveryEntries = 1_000_000,
                ConfigureRaft = raft => raft with { InflightBytesMax = InflightMax * 1000 },
            },
            options: new SimulatedWorldOptions { LoopDelayMax = TimeSpan.FromMilliseconds(5) });
        SimulatedMember leader = cluster.StartAndElect();
        leader.Id.Value.ShouldNotBe(3UL);
        SimulatedMember slow = cluster.World.Members[2];
        long mostHeld = 0;
        for (int i = 0; i < 20; i++)
        {
            cluster.MustWriteMany(leader, 200, padding: 1000);
            mostHeld = Math.Max(mostHeld, slow.Replica!.Algorithm.LastLog.Index - slow.Replica.AppliedIndex);
        }

        mostHeld.ShouldBeInRange(BacklogMax, BacklogMax + (4 * InflightMax));
        slow.Replica!.Status.Role.ShouldBe(Role.Follower, "it is not taken for dead");
        cluster.MustHaveKeptItsWord();
    }
}
