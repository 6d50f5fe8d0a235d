using Quorate.Replica;

namespace Quorate.Bench.Engine;

/// <summary>A state machine that costs nothing, so that what is measured is the engine.</summary>
internal sealed class CountingMachine : IStateMachine
{
    private long _commands;

    public object? Apply(in AppliedCommand command)
    {
        _commands++;
        return null;
    }

    public IStateMachineSnapshot TakeSnapshot() => new Snapshot(_commands);

    public void LoadSnapshot(Stream snapshot)
    {
        byte[] bytes = new byte[sizeof(long)];
        snapshot.ReadExactly(bytes);
        _commands = BitConverter.ToInt64(bytes);
    }

    private sealed class Snapshot(long commands) : IStateMachineSnapshot
    {
        public IEnumerable<ReadOnlyMemory<byte>> Write() => [BitConverter.GetBytes(commands)];

        public void Dispose()
        {
        }
    }
}
