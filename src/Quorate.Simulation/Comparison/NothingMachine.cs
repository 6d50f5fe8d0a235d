using Quorate.Replica;

namespace Quorate.Simulation.Comparison;

/// <summary>A state machine without a state: what is compared is how commands are decided, not what they do.</summary>
internal sealed class NothingMachine : IStateMachine, IStateMachineSnapshot
{
    public object? Apply(in AppliedCommand command) => null;

    public IStateMachineSnapshot TakeSnapshot() => this;

    public void LoadSnapshot(Stream snapshot)
    {
    }

    public IEnumerable<ReadOnlyMemory<byte>> Write() => [];

    public void Dispose()
    {
    }
}
