using System.Buffers.Binary;

namespace Quorate.Replica.Tests.World;

/// <summary>
/// Appends the number in each command to a list. That shows everything that could go wrong: what is lost, what is applied
/// twice, and in which order.
/// </summary>
internal sealed class ListMachine(StateLedger? ledger = null, ulong member = 0) : IStateMachine
{
    private const int PieceNumbers = 64;

    public List<ulong> Numbers { get; private set; } = [];

    public long LastIndex { get; private set; }

    public ulong Hash { get; private set; } = 1;

    /// <summary>The number whose command cannot be applied, to see what a fault in a state machine does.</summary>
    public ulong? Poison { get; set; }

    public int ResultsBuilt { get; private set; }

    /// <summary>How much of the list a reader sees.</summary>
    public int VisibleCount { get; private set; }

    /// <summary>Runs that ended.</summary>
    public int Runs { get; private set; }

    /// <summary>Pieces of idle work that are left.</summary>
    public int IdlePieces { get; set; }

    public bool DoIdleWork()
    {
        VisibleCount.ShouldBe(Numbers.Count, "idle work comes between runs");
        IdlePieces = Math.Max(0, IdlePieces - 1);
        return IdlePieces > 0;
    }

    public void BatchApplied()
    {
        VisibleCount.ShouldBeLessThan(Numbers.Count, "a run is of one command or more");
        VisibleCount = Numbers.Count;
        Runs++;
    }

    public object? Apply(in AppliedCommand command)
    {
        ulong number = BinaryPrimitives.ReadUInt64LittleEndian(command.Command.Span);
        if (number == Poison)
        {
            throw new InvalidOperationException("this command cannot be applied");
        }

        Numbers.Add(number);
        Hash = (Hash ^ number) * 0x9E3779B97F4A7C15;
        LastIndex = command.Index;
        ledger?.Applied(member, command.Index, Hash);
        if (!command.ResultWanted)
        {
            return null;
        }

        ResultsBuilt++;
        return Numbers.Count;
    }

    public IStateMachineSnapshot TakeSnapshot()
    {
        VisibleCount.ShouldBe(Numbers.Count, "a snapshot comes between runs");
        return new Snapshot([.. Numbers], LastIndex, Hash);
    }

    public void LoadSnapshot(Stream snapshot)
    {
        byte[] word = new byte[sizeof(ulong)];
        ulong Next()
        {
            snapshot.ReadExactly(word);
            return BinaryPrimitives.ReadUInt64LittleEndian(word);
        }

        LastIndex = (long)Next();
        Hash = Next();
        int count = (int)Next();
        Numbers = [];
        for (int i = 0; i < count; i++)
        {
            Numbers.Add(Next());
        }

        VisibleCount = count;
        snapshot.ReadByte().ShouldBe(-1, "the stream ends where the snapshot does");
        ledger?.Loaded(member, LastIndex, Hash);
    }

    private sealed class Snapshot(ulong[] numbers, long lastIndex, ulong hash) : IStateMachineSnapshot
    {
        public IEnumerable<ReadOnlyMemory<byte>> Write()
        {
            ulong[] all = [(ulong)lastIndex, hash, (ulong)numbers.Length, .. numbers];
            byte[] piece = new byte[PieceNumbers * sizeof(ulong)];
            for (int from = 0; from < all.Length; from += PieceNumbers)
            {
                int count = Math.Min(PieceNumbers, all.Length - from);
                for (int i = 0; i < count; i++)
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(piece.AsSpan(i * sizeof(ulong)), all[from + i]);
                }

                yield return piece.AsMemory(0, count * sizeof(ulong));
            }
        }

        public void Dispose()
        {
        }
    }
}
