using Quorate.Replica;

namespace Quorate.Simulation.Checking;

/// <summary>A state machine whose every command is compared with what other members applied at its index.</summary>
public sealed class ObservedStateMachine : IStateMachine
{
    private readonly AppliedEntries _entries;
    private readonly SimulatedMember _member;
    private long _lastIndex;

    /// <summary>Puts itself between a replica and its state machine.</summary>
    public ObservedStateMachine(IStateMachine inner, SimulatedMember member, AppliedEntries entries)
    {
        Inner = inner;
        _member = member;
        _entries = entries;
    }

    /// <summary>The one that does the work.</summary>
    public IStateMachine Inner { get; }

    /// <inheritdoc/>
    public object? Apply(in AppliedCommand command)
    {
        _entries.Record(_member, _lastIndex, command);
        _lastIndex = command.Index;
        return Inner.Apply(command);
    }

    /// <inheritdoc/>
    public void BatchApplied() => Inner.BatchApplied();

    /// <inheritdoc/>
    public bool DoIdleWork() => Inner.DoIdleWork();

    /// <inheritdoc/>
    public IStateMachineSnapshot TakeSnapshot() => Inner.TakeSnapshot();

    /// <inheritdoc/>
    public void LoadSnapshot(Stream snapshot) => Inner.LoadSnapshot(snapshot);
}
