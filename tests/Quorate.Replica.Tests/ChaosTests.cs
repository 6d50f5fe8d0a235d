using Quorate.Raft;
using Quorate.Replica.Tests.World;
using Quorate.Simulation;
using Quorate.Simulation.Disk;

namespace Quorate.Replica.Tests;

/// <summary>Random faults in random order, then calm: nothing acknowledged is lost, nothing is applied twice, all agree.</summary>
public sealed class ChaosTests
{
    private const int SeedsPerPart = 75;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_cluster_keeps_its_word_whatever_happens(int part)
    {
        for (int i = 0; i < SeedsPerPart; i++)
        {
            ulong seed = (ulong)((part * SeedsPerPart) + i + 1);
            try
            {
                Run(seed);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}: {error.Message}", error);
            }
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        for (ulong seed = 1000; seed < 1010; seed++)
        {
            (ulong Hash, long Events) first = Run(seed);
            first.Events.ShouldBeGreaterThan(1000);
            Run(seed).ShouldBe(first);
        }

        Run(1).Hash.ShouldNotBe(Run(2).Hash);
    }

    private static (ulong Hash, long Events) Run(ulong seed)
    {
        var random = new SeededRandom(seed * 31);
        TestCluster cluster = new(seed, members: random.Next(2) == 0 ? 3 : 5, configure: options => options with
        {
            SnapshotEveryEntries = 20 + random.Next(100),
            TrailingEntriesKept = random.Next(30),
            ConfigureRaft = raft => raft with { SnapshotChunkBytesMax = 256 + random.Next(2048), MessageEntriesMax = 1 + random.Next(50) },
        });
        SimulatedWorld world = cluster.World;
        CheckLeaders(world);
        world.StartAll();
        for (int round = 0; round < 40; round++)
        {
            Disturb(cluster, random);
            for (int i = random.Next(12); i > 0; i--)
            {
                SimulatedMember member = world.Members[random.Next(world.Members.Count)];
                if (member.IsRunning)
                {
                    cluster.Write(member, TimeSpan.FromMilliseconds(100 + random.Next(3000)), mayForward: random.Next(5) > 0, padding: random.Next(300));
                    Check(cluster, TestCluster.Read(member), member);
                }
            }

            world.RunFor(TimeSpan.FromMilliseconds(random.Next(300)));
            Replace(world, random);
        }

        Calm(cluster);
        cluster.MustHaveKeptItsWord();
        cluster.Ledger.Checks.ShouldBeGreaterThan(0);
        return (world.Trace.Value, world.Trace.Count);
    }

    /// <summary>A linearizable read sees at least what was acknowledged before it began.</summary>
    private static void Check(TestCluster cluster, TestRead read, SimulatedMember member)
    {
        TestWrite[] acknowledged = [.. cluster.Writes.Where(write => write.Status == ProposalStatus.Applied).TakeLast(5)];
        read.Then = outcome =>
        {
            if (outcome == ReadOutcome.Ready)
            {
                foreach (TestWrite write in acknowledged)
                {
                    TestCluster.MachineOf(member).Numbers.ShouldContain(write.Written, "a linearizable read misses an acknowledged write");
                }
            }
        };
    }

    /// <summary>Election safety (paper figure 3): one leader a term.</summary>
    private static void CheckLeaders(SimulatedWorld world)
    {
        Dictionary<long, MemberId> leaders = [];
        world.AfterEvent = () =>
        {
            foreach (SimulatedMember member in world.Members)
            {
                if (member.Replica?.Status is { Role: Role.Leader } status)
                {
                    if (!leaders.TryAdd(status.Term, status.Id))
                    {
                        leaders[status.Term].ShouldBe(status.Id, $"two leaders in term {status.Term}");
                    }
                }
            }
        };
    }

    private static void Disturb(TestCluster cluster, SeededRandom random)
    {
        SimulatedWorld world = cluster.World;
        SimulatedMember member = world.Members[random.Next(world.Members.Count)];
        switch (random.Next(12))
        {
            case 0 or 1:
                (world.Leader() ?? member).Crash();
                break;
            case 2 when member.IsRunning:
                member.Disk.CrashAfterOperations = random.Next(30);
                break;
            case 3 when member.IsRunning:
                member.Kill();
                break;
            case 4 when member.IsRunning:
                member.Disk.FailNext(random.Next(2) == 0 ? DiskOperation.Flush : DiskOperation.Write);
                break;
            case 5:
                world.Network.Isolate(member.Id);
                break;
            case 6:
                world.Network.Cut(member.Id, world.Members[random.Next(world.Members.Count)].Id);
                break;
            case 7:
                world.Network.Heal();
                break;
            case 8:
                world.Network.Conditions = new NetworkConditions
                {
                    LossPerMille = random.Next(200),
                    RepeatPerMille = random.Next(300),
                    HoldUpPerMille = random.Next(200),
                };
                break;
            case 9:
                member.DiskSlowness = TimeSpan.FromMilliseconds(random.Next(30));
                break;
            case 10 when member.IsRunning:
                member.OnLoop(() => member.Replica!.TransferLeadership(world.Members[random.Next(world.Members.Count)].Id, static _ => { }));
                break;
        }
    }

    /// <summary>Failed members are restarted by their operator; crashed ones come back sooner or later.</summary>
    private static void Replace(SimulatedWorld world, SeededRandom random)
    {
        foreach (SimulatedMember member in world.Members)
        {
            if (member.HasFailed)
            {
                member.Kill();
            }

            if (!member.IsRunning && random.Next(3) == 0)
            {
                member.Start();
            }
        }
    }

    /// <summary>Faults are over: the cluster must elect, commit and converge.</summary>
    private static void Calm(TestCluster cluster)
    {
        SimulatedWorld world = cluster.World;
        world.Network.Heal();
        world.Network.Conditions = NetworkConditions.Calm;
        foreach (SimulatedMember member in world.Members)
        {
            member.DiskSlowness = TimeSpan.Zero;
            member.Disk.Fault = null;
            member.Disk.CrashAfterOperations = null;
            if (member.HasFailed)
            {
                member.Kill();
            }

            if (!member.IsRunning)
            {
                member.Start();
            }
        }

        world.RunFor(TimeSpan.FromSeconds(5));
        cluster.MustWrite(world.Leader().ShouldNotBeNull("a healed cluster has a leader"));
    }
}
