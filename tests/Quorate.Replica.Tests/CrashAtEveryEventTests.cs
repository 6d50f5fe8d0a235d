using Quorate.Raft;
using Quorate.Replica.Tests.World;
using Quorate.Simulation;

namespace Quorate.Replica.Tests;

/// <summary>The same run, cut off at one event after the other.</summary>
public sealed class CrashAtEveryEventTests
{
    private const int EventsBetweenCrashes = 7;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_leader_may_crash_between_any_two_events(bool forwarded)
    {
        int crashes = 0;
        for (int crashAt = 1; RunAndCrash(crashAt, forwarded); crashAt += EventsBetweenCrashes)
        {
            crashes++;
        }

        crashes.ShouldBeGreaterThan(20);
    }

    /// <summary>Returns false once the run ends before the crash.</summary>
    private static bool RunAndCrash(int crashAt, bool forwarded)
    {
        TestCluster cluster = new(seed: 11, configure: options => options with { SnapshotEveryEntries = 8, TrailingEntriesKept = 2 });
        SimulatedMember leader = cluster.StartAndElect();
        SimulatedMember client = forwarded ? cluster.Follower() : leader;
        int events = 0;
        cluster.World.AfterEvent = () =>
        {
            if (++events == crashAt && leader.IsRunning)
            {
                leader.Crash();
            }
        };
        for (int i = 0; i < 12; i++)
        {
            if (client.IsRunning)
            {
                cluster.Write(client);
                cluster.World.RunFor(TimeSpan.FromMilliseconds(4));
            }
        }

        cluster.World.AfterEvent = null;
        if (leader.IsRunning)
        {
            return false;
        }

        cluster.World.RunUntil(() => cluster.World.Leader() is { } other && other.Replica!.Status.Role == Role.Leader, TestCluster.Patience)
            .ShouldBeTrue("the other two elect a leader");
        cluster.MustWrite(cluster.World.Leader()!);
        leader.Start();
        cluster.World.RunFor(TestCluster.Moment);
        cluster.MustHaveKeptItsWord();
        return true;
    }
}
