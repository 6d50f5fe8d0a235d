using System.Buffers.Binary;
using Quorate.Replica;

namespace Quorate.Simulation.Tests.Testing;

/// <summary>A counter to be made wrong in one way or another.</summary>
internal class WrongCounter : IStateMachine
{
    public long Value { get; protected set; }

    public virtual object? Apply(in AppliedCommand command) => Value += command.Command.Span[0];

    public virtual IStateMachineSnapshot TakeSnapshot() => new Snapshot(Value);

    public virtual void LoadSnapshot(Stream snapshot)
    {
        byte[] bytes = new byte[sizeof(long)];
        snapshot.ReadExactly(bytes);
        Value = BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    protected sealed class Snapshot(long value) : IStateMachineSnapshot
    {
        public IEnumerable<ReadOnlyMemory<byte>> Write()
        {
            byte[] bytes = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            yield return bytes;
        }

        public void Dispose()
        {
        }
    }
}
