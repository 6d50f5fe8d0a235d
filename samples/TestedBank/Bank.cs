using System.Buffers.Binary;
using Quorate.Replica;

namespace Quorate.Samples.TestedBank;

/// <summary>
/// Accounts, and transfers between them. A client that does not know whether its transfer was carried out sends it again, so
/// each one has the client's name and number, and what was done is not done twice.
/// </summary>
public class Bank : IStateMachine
{
    public const int Accounts = 8;
    public const int Clients = 5;
    private const long OpeningBalance = 100;
    private const int CommandLength = 20;

    private readonly long[] _balances = [.. Enumerable.Repeat(OpeningBalance, Accounts)];

    /// <summary>The number of the last transfer of each client.</summary>
    private readonly long[] _done = new long[Clients];

    /// <summary>What is in all accounts together. Transfers must not change it.</summary>
    public long Total => _balances.Sum();

    public bool IsAnyOverdrawn => _balances.Any(balance => balance < 0);

    public static ReadOnlyMemory<byte> Transfer(int client, long number, int from, int to, int amount)
    {
        byte[] command = new byte[CommandLength];
        command[0] = (byte)client;
        command[1] = (byte)from;
        command[2] = (byte)to;
        BinaryPrimitives.WriteInt32LittleEndian(command.AsSpan(4), amount);
        BinaryPrimitives.WriteInt64LittleEndian(command.AsSpan(8), number);
        return command;
    }

    public static string Show(ReadOnlyMemory<byte> command) =>
        $"transfer {Number(command.Span)} of client {command.Span[0]}: {Amount(command.Span)} from {command.Span[1]} to {command.Span[2]}";

    public object? Apply(in AppliedCommand command)
    {
        ReadOnlySpan<byte> bytes = command.Command.Span;
        ref long done = ref _done[bytes[0] - 1];
        if (Number(bytes) <= done)
        {
            return "done already";
        }

        done = Number(bytes);
        if (_balances[bytes[1]] < Amount(bytes))
        {
            return "refused";
        }

        _balances[bytes[1]] -= Amount(bytes);
        _balances[bytes[2]] += Amount(bytes);
        return "done";
    }

    public IStateMachineSnapshot TakeSnapshot() => new Snapshot([.. Captured(_balances, _done).SelectMany(part => part)]);

    public void LoadSnapshot(Stream snapshot)
    {
        byte[] number = new byte[sizeof(long)];
        foreach (long[] part in Captured(_balances, _done))
        {
            for (int i = 0; i < part.Length; i++)
            {
                snapshot.ReadExactly(number);
                part[i] = BinaryPrimitives.ReadInt64LittleEndian(number);
            }
        }
    }

    /// <summary>What is in a snapshot, in order.</summary>
    protected virtual long[][] Captured(long[] balances, long[] done) => [balances, done];

    private static int Amount(ReadOnlySpan<byte> command) => BinaryPrimitives.ReadInt32LittleEndian(command[4..]);

    private static long Number(ReadOnlySpan<byte> command) => BinaryPrimitives.ReadInt64LittleEndian(command[8..]);

    private sealed class Snapshot(long[] numbers) : IStateMachineSnapshot
    {
        public IEnumerable<ReadOnlyMemory<byte>> Write()
        {
            byte[] bytes = new byte[numbers.Length * sizeof(long)];
            for (int i = 0; i < numbers.Length; i++)
            {
                BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), numbers[i]);
            }

            yield return bytes;
        }

        public void Dispose()
        {
        }
    }
}
