using Quorate.Replica;

namespace Quorate.Simulation.Testing;

/// <summary>A state machine whose commands are written down as they are applied.</summary>
internal sealed class RecordingMachine<TMachine>(TMachine inner, CommandLog log) : IStateMachine
    where TMachine : class, IStateMachine
{
    public TMachine Inner => inner;

    public object? Apply(in AppliedCommand command)
    {
        log.Record(command);
        return inner.Apply(command);
    }

    public void BatchApplied() => inner.BatchApplied();

    public bool DoIdleWork() => inner.DoIdleWork();

    public IStateMachineSnapshot TakeSnapshot() => inner.TakeSnapshot();

    public void LoadSnapshot(Stream snapshot) => inner.LoadSnapshot(snapshot);
}
