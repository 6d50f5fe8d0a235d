using Quorate.Replica;

namespace Quorate.Simulation.Testing;

/// <summary>Whole snapshots, and numbers of them. Equal states give equal bytes (<see cref="IStateMachineSnapshot.Write"/>).</summary>
internal static class SnapshotBytes
{
    // FNV-1a of 64 bits (Fowler, Noll, Vo).
    private const ulong OffsetBasis = 0xCBF29CE484222325;
    private const ulong Prime = 0x100000001B3;

    public static byte[] Of(IStateMachine machine)
    {
        using IStateMachineSnapshot snapshot = machine.TakeSnapshot();
        using MemoryStream bytes = new();
        foreach (ReadOnlyMemory<byte> piece in snapshot.Write())
        {
            bytes.Write(piece.Span);
        }

        return bytes.ToArray();
    }

    public static ulong HashOf(IStateMachine machine)
    {
        using IStateMachineSnapshot snapshot = machine.TakeSnapshot();
        ulong hash = OffsetBasis;
        foreach (ReadOnlyMemory<byte> piece in snapshot.Write())
        {
            foreach (byte value in piece.Span)
            {
                hash = (hash ^ value) * Prime;
            }
        }

        return hash;
    }
}
