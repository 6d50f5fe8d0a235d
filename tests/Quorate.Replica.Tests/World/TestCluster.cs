using Quorate.Raft;
using Quorate.Simulation;

namespace Quorate.Replica.Tests.World;

/// <summary>A simulated cluster of list machines, with the questions that tests ask.</summary>
internal sealed class TestCluster
{
    public static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private ulong _nextNumber = 1;

    public TestCluster(
        ulong seed = 1, int members = 3, Func<ReplicaOptions, ReplicaOptions>? configure = null, SimulatedWorldOptions? options = null)
    {
        Listeners = [.. Enumerable.Range(0, members).Select(_ => new RecordingListener())];
        World = new SimulatedWorld(
            seed,
            (options ?? new SimulatedWorldOptions()) with
            {
                Members = members,
                ConfigureReplica = configure,
                Listener = id => Listeners[(int)id - 1],
            },
            id => new ListMachine(Ledger, id.Value));
    }

    public SimulatedWorld World { get; }

    public StateLedger Ledger { get; } = new();

    public RecordingListener[] Listeners { get; }

    public List<TestWrite> Writes { get; } = [];

    public static ListMachine MachineOf(SimulatedMember member) => (ListMachine)member.StateMachine!;

    /// <summary>Starts everybody and waits for a leader that can commit.</summary>
    public SimulatedMember StartAndElect()
    {
        World.StartAll();
        return Elect();
    }

    public SimulatedMember Elect()
    {
        World.RunUntil(() => World.Leader() is not null, Patience).ShouldBeTrue("somebody is elected");
        SimulatedMember leader = World.Leader()!;
        MustWrite(leader);
        return World.Leader()!;
    }

    public SimulatedMember Follower(int which = 0) =>
        World.Members.Where(member => member.IsRunning && member.Replica!.Status.Role == Role.Follower).ElementAt(which);

    /// <summary>Begins a write at a member.</summary>
    public TestWrite Write(SimulatedMember member, TimeSpan? timeout = null, bool mayForward = true, int padding = 0)
    {
        var write = new TestWrite(_nextNumber++, timeout ?? TimeSpan.FromSeconds(5), mayForward, padding);
        Writes.Add(write);
        member.OnLoop(() => member.Replica!.Propose(write));
        return write;
    }

    public TestWrite MustWrite(SimulatedMember member, int padding = 0)
    {
        TestWrite write = Write(member, padding: padding);
        World.RunUntil(() => write.Outcome is not null, Patience).ShouldBeTrue();
        write.Status.ShouldBe(ProposalStatus.Applied);
        return write;
    }

    public void MustWriteMany(SimulatedMember member, int count, int padding = 0)
    {
        TestWrite[] writes = [.. Enumerable.Range(0, count).Select(_ => Write(member, padding: padding))];
        World.RunUntil(() => Array.TrueForAll(writes, write => write.Outcome is not null), Patience).ShouldBeTrue();
        writes.ShouldAllBe(write => write.Status == ProposalStatus.Applied);
    }

    public static TestRead Read(
        SimulatedMember member, ReadConsistency consistency = ReadConsistency.Linearizable, long token = 0, TimeSpan? timeout = null)
    {
        var read = new TestRead(consistency, timeout ?? TimeSpan.FromSeconds(5)) { TokenIndex = token };
        member.OnLoop(() => member.Replica!.Read(read));
        return read;
    }

    public TestRead MustEnd(TestRead read, ReadOutcome outcome)
    {
        World.RunUntil(() => read.Outcome is not null, Patience).ShouldBeTrue();
        read.Outcome.ShouldBe(outcome);
        return read;
    }

    /// <summary>Whether all running members have the same state.</summary>
    public bool HasConverged()
    {
        ulong[] hashes = [.. World.Members.Where(member => member.IsRunning).Select(member => MachineOf(member).Hash).Distinct()];
        return hashes.Length == 1;
    }

    private static string Describe(SimulatedMember member) => member.Replica?.Status is { } status
        ? $"{status.Id}: {status.Role} in term {status.Term}, last {status.LastIndex}, committed {status.CommitIndex}, applied {status.AppliedIndex}, "
            + $"snapshot {status.SnapshotIndex}, failure '{status.Failure}', followers [{string.Join(", ", status.Followers)}]"
        : $"{member.Id}: down";

    /// <summary>Everything told as applied is there, once; what was told as certainly not carried out is not (spec W2).</summary>
    public void MustHaveKeptItsWord()
    {
        World.RunUntil(HasConverged, Patience).ShouldBeTrue($"all members come to the same state, but are at {string.Join("; ", World.Members.Select(Describe))}");
        ListMachine machine = MachineOf(World.Members.First(member => member.IsRunning));
        HashSet<ulong> present = [.. machine.Numbers];
        present.Count.ShouldBe(machine.Numbers.Count, "nothing is applied twice");
        foreach (TestWrite write in Writes)
        {
            switch (write.Status)
            {
                case ProposalStatus.Applied:
                    present.ShouldContain(write.Written, "acknowledged and lost");
                    break;
                case null or ProposalStatus.Unknown or ProposalStatus.Stopping:
                    break;
                default:
                    present.ShouldNotContain(write.Written, $"told as {write.Status} and carried out");
                    break;
            }
        }
    }
}
