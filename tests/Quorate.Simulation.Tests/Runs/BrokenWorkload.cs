using Quorate.Raft;
using Quorate.Replica;
using Quorate.Simulation.Runs;

namespace Quorate.Simulation.Tests.Runs;

/// <summary>Does what it is told that is wrong, to see whether the run notices.</summary>
internal sealed class BrokenWorkload : Workload
{
    private long _asked;

    /// <summary>Done a virtual second after the begin.</summary>
    public Action<SimulatedWorld>? AfterASecond { get; init; }

    /// <summary>Done with each command, as part of applying it.</summary>
    public Action<AppliedCommand>? Applying { get; init; }

    /// <summary>What a member's state is compared by.</summary>
    public Func<IStateMachine, ulong?>? Hash { get; init; }

    /// <summary>Whoever asks sees progress.</summary>
    public override long Succeeded => _asked++;

    public override bool IsQuiet => true;

    public override IStateMachine CreateStateMachine(MemberId id) => new Machine(this, id);

    public override void Begin(SimulatedWorld world, SeededRandom random)
    {
        world.After(TimeSpan.FromSeconds(1), () => AfterASecond?.Invoke(world));
        world.After(TimeSpan.FromSeconds(10), () => Propose(world));
    }

    public override void End()
    {
    }

    public override void Check(IReadOnlyList<SimulatedMember> members)
    {
    }

    public override ulong? StateHash(IStateMachine stateMachine) => Hash?.Invoke(stateMachine);

    private static void Propose(SimulatedWorld world)
    {
        if (world.Leader() is { } leader)
        {
            leader.OnLoop(() => leader.Replica!.Propose(new IgnoredProposal()));
        }
    }

    internal sealed class Machine(BrokenWorkload workload, MemberId id) : IStateMachine
    {
        public MemberId Id => id;

        public object? Apply(in AppliedCommand command)
        {
            workload.Applying?.Invoke(command);
            return null;
        }

        public IStateMachineSnapshot TakeSnapshot() => throw new NotSupportedException("these runs are too short for snapshots");

        public void LoadSnapshot(Stream snapshot) => throw new NotSupportedException("these runs are too short for snapshots");
    }
}
