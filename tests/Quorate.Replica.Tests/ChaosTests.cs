using Quorate.Raft;
using Quorate.Replica.Tests.World;
using Quorate.Simulation;
using Quorate.Simulation.Disk;

namespace Quorate.Replica.Tests;

/// <summary>
/// Random faults in random order, then calm: nothing acknowledged is lost, nothing is applied twice, all agree.
/// QUORATE_CHAOS_SEEDS=n runs as many seeds a part, QUORATE_CHAOS_SEED=n that one alone.
/// </summary>
public sealed class ChaosTests
{
    private const int SeedsPerPartDefault = 75;
    private const int Parts = 4;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_cluster_keeps_its_word_whatever_happens(int part)
    {
        bool isOne = ulong.TryParse(Environment.GetEnvironmentVariable("QUORATE_CHAOS_SEED"), out ulong one);
        int seeds = int.TryParse(Environment.GetEnvironmentVariable("QUORATE_CHAOS_SEEDS"), out int asked) ? asked : SeedsPerPartDefault;
        int refused = 0;
        for (int i = 0; i < (isOne ? 1 : seeds); i++)
        {
            ulong seed = isOne ? one : (ulong)((i * Parts) + part + 1);
            try
            {
                refused += Run(seed).Refused;
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"QUORATE_CHAOS_SEED={seed}: {error.Message}", error);
            }
        }

        if (!isOne)
        {
            refused.ShouldBeGreaterThan(seeds, "writes that are certainly not carried out are among what is checked");
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        for (ulong seed = 1000; seed < 1010; seed++)
        {
            (ulong Hash, long Events, int Refused) first = Run(seed);
            first.Events.ShouldBeGreaterThan(1000);
            Run(seed).ShouldBe(first);
        }

        Run(1).Hash.ShouldNotBe(Run(2).Hash);
    }

    private static (ulong Hash, long Events, int Refused) Run(ulong seed)
    {
        var random = new SeededRandom(seed * 31);
        TestCluster cluster = new(seed, members: random.Next(2) == 0 ? 3 : 5, configure: options => options with
        {
            SnapshotEveryEntries = 20 + random.Next(100),
            TrailingEntriesKept = random.Next(30),
            LaggingBytesKept = random.Next(2) == 0 ? random.Next(2000) : 64 << 20,
            ConfigureRaft = raft => raft with
            {
                SnapshotChunkBytesMax = 256 + random.Next(2048),
                MessageEntriesMax = 1 + random.Next(50),
                UncommittedBytesMax = 200 + random.Next(4000),
            },
        });
        SimulatedWorld world = cluster.World;
        CheckLeaders(world);
        CheckSilence(world);
        int[] seen = [0];
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
                    Check(cluster, TestCluster.Read(member), member, seen);
                }
            }

            world.RunFor(TimeSpan.FromMilliseconds(random.Next(300)));
            Replace(world, random);
        }

        Calm(cluster);
        cluster.MustHaveKeptItsWord();
        cluster.Ledger.Checks.ShouldBeGreaterThan(0);
        int refused = cluster.Writes.Count(write => write.Status is ProposalStatus.Overloaded or ProposalStatus.Superseded or ProposalStatus.Transferring);
        return (world.Trace.Value, world.Trace.Count, refused);
    }

    /// <summary>A linearizable read sees at least what was acknowledged, and what others had read, before it began.</summary>
    private static void Check(TestCluster cluster, TestRead read, SimulatedMember member, int[] seen)
    {
        TestWrite[] acknowledged = [.. cluster.Writes.Where(write => write.Status == ProposalStatus.Applied).TakeLast(5)];
        int seenBefore = seen[0];
        read.Then = outcome =>
        {
            if (outcome == ReadOutcome.Ready)
            {
                List<ulong> numbers = TestCluster.MachineOf(member).Numbers;
                foreach (TestWrite write in acknowledged)
                {
                    numbers.ShouldContain(write.Written, "a linearizable read misses an acknowledged write");
                }

                numbers.Count.ShouldBeGreaterThanOrEqualTo(seenBefore, "a linearizable read misses what an earlier one saw");
                seen[0] = Math.Max(seen[0], numbers.Count);
            }
        };
    }

    /// <summary>A member that has failed takes no part any more (spec S4): nothing of it leaves.</summary>
    private static void CheckSilence(SimulatedWorld world) =>
        world.Network.Filter = (from, _, _) =>
        {
            world.Members[(int)from - 1].HasFailed.ShouldBeFalse($"member {from} sends although it has failed");
            return true;
        };

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

    /// <summary>A failed member's process is started anew, with or without its machine; crashed ones come back sooner or later.</summary>
    private static void Replace(SimulatedWorld world, SeededRandom random)
    {
        foreach (SimulatedMember member in world.Members)
        {
            if (member.HasFailed)
            {
                if (random.Next(2) == 0)
                {
                    member.Kill();
                }
                else
                {
                    member.Crash();
                }
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
        }

        // A fault that has struck already may not have been noticed yet.
        world.RunFor(TimeSpan.FromMilliseconds(100));
        foreach (SimulatedMember member in world.Members)
        {
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
