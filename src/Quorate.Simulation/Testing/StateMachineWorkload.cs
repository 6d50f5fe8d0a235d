using Quorate.Raft;
using Quorate.Replica;
using Quorate.Simulation.Checking;
using Quorate.Simulation.Runs;

namespace Quorate.Simulation.Testing;

/// <summary>Clients of somebody's own state machine, and all that can be said of one without knowing what it does.</summary>
internal sealed class StateMachineWorkload<TMachine>(StateMachineRules<TMachine> rules, int clientCount) : Workload, IClientSide
    where TMachine : class, IStateMachine
{
    private static readonly TimeSpan s_inspectionInterval = TimeSpan.FromSeconds(1);

    private readonly List<StateMachineClient> _clients = [];
    private readonly List<ClientOperation> _operations = [];
    private readonly CommandLog _log = new();
    private SimulatedWorld? _world;
    private long _succeeded;

    public bool HasEnded { get; private set; }

    public bool LosesMessages { get; private set; } = true;

    public override long Succeeded => _succeeded;

    public override long Requests => _operations.Count;

    public override long OutcomesUnknown => _operations.LongCount(static operation => operation.IsUnknown);

    public override bool IsQuiet => _clients.TrueForAll(static client => client.IsIdle);

    public override IStateMachine CreateStateMachine(MemberId id) => new RecordingMachine<TMachine>(rules.Create(), _log);

    public override void Begin(SimulatedWorld world, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(world);
        ArgumentNullException.ThrowIfNull(random);
        _world = world;
        var thinkMax = TimeSpan.FromSeconds(2.0 * clientCount / rules.CommandsPerSecond);
        for (int client = 1; client <= clientCount; client++)
        {
            var made = new StateMachineClient(client, this, world, random.Fork(), thinkMax);
            _clients.Add(made);
            made.Think();
        }

        world.After(s_inspectionInterval, InspectAndGoOn);
    }

    public override void FaultsEnded() => LosesMessages = false;

    public override void End() => HasEnded = true;

    public override void Check(IReadOnlyList<SimulatedMember> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        Inspect();
        SimulatedMember any = members[0];
        new StateMachineHistory<TMachine>(rules, _log, _operations).Check(MachineOf(any)!, any.Id);
    }

    public override ulong? StateHash(IStateMachine stateMachine) => rules.Hash(((RecordingMachine<TMachine>)stateMachine).Inner);

    ReadOnlyMemory<byte> IClientSide.Next(in ClientTurn turn) => rules.Next!(turn);

    string IClientSide.TextOf(ReadOnlyMemory<byte> command) => rules.Text(command);

    long IClientSide.Proposed(ClientOperation operation)
    {
        _operations.Add(operation);
        return _operations.Count - 1;
    }

    void IClientSide.Returned(ClientOperation operation) => _succeeded += operation.IsApplied ? 1 : 0;

    private static TMachine? MachineOf(SimulatedMember member) =>
        member.StateMachine is ObservedStateMachine { Inner: RecordingMachine<TMachine> recording } ? recording.Inner : null;

    private void InspectAndGoOn()
    {
        Inspect();
        _world!.After(s_inspectionInterval, InspectAndGoOn);
    }

    private void Inspect()
    {
        foreach (SimulatedMember member in _world!.Members)
        {
            if (member is not { IsRunning: true, HasFailed: false } || MachineOf(member) is not { } machine)
            {
                continue;
            }

            foreach ((string name, Func<TMachine, bool> holds) in rules.Checks)
            {
                if (!holds(machine))
                {
                    throw new PropertyViolatedException(name, $"it does not hold on member {member.Id}, which has applied {member.Replica!.AppliedIndex}");
                }
            }
        }
    }
}
