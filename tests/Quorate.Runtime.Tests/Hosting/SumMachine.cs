using System.Buffers.Binary;
using Quorate.Replica;

namespace Quorate.Runtime.Tests.Hosting;

/// <summary>Adds up what it is given, and answers with the sum.</summary>
internal sealed class SumMachine : IStateMachine
{
    private long _sum;

    public long Sum => Volatile.Read(ref _sum);

    /// <summary>A command that is taken for a fault of the state machine.</summary>
    public static ReadOnlyMemory<byte> Poison { get; } = new byte[3];

    public static ReadOnlyMemory<byte> Add(long number)
    {
        byte[] command = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(command, number);
        return command;
    }

    public object? Apply(in AppliedCommand command)
    {
        long sum = _sum + BinaryPrimitives.ReadInt64LittleEndian(command.Command.Span);
        Volatile.Write(ref _sum, sum);
        return command.ResultWanted ? sum : null;
    }

    public IStateMachineSnapshot TakeSnapshot() => new Snapshot(_sum);

    public void LoadSnapshot(Stream snapshot)
    {
        byte[] bytes = new byte[8];
        snapshot.ReadExactly(bytes);
        Volatile.Write(ref _sum, BinaryPrimitives.ReadInt64LittleEndian(bytes));
    }

    private sealed class Snapshot(long sum) : IStateMachineSnapshot
    {
        public IEnumerable<ReadOnlyMemory<byte>> Write() => [Add(sum)];

        public void Dispose()
        {
        }
    }
}
