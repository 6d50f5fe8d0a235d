using System.Buffers.Binary;
using Quorate.Paxos;
using Quorate.Raft;

namespace Quorate.Simulation.Processes;

/// <summary>
/// Reads little-endian fields. The first that does not fit or makes no sense sets <see cref="Failed"/>, and all that is
/// read after it is zero, so a parser reads on to its end and asks once.
/// </summary>
internal ref struct FieldReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public bool Failed { get; private set; }

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public byte Byte()
    {
        ReadOnlySpan<byte> field = Take(1);
        return field.IsEmpty ? (byte)0 : field[0];
    }

    public ulong UInt64()
    {
        ReadOnlySpan<byte> field = Take(sizeof(ulong));
        return field.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(field);
    }

    /// <summary>An instance or a round: never negative.</summary>
    public long Int64()
    {
        ulong number = UInt64();
        Failed |= number > long.MaxValue;
        return Failed ? 0 : (long)number;
    }

    public MemberId Member() => new(UInt64());

    public Ballot Ballot()
    {
        long round = Int64();
        return new Ballot(round, Member());
    }

    /// <summary>A copy: the bytes that it is read from are somebody else's.</summary>
    public Value Value()
    {
        ulong id = UInt64();
        long length = Int64();
        return new Value(id, length <= _rest.Length ? Take((int)length).ToArray() : Fail());
    }

    private byte[] Fail()
    {
        Failed = true;
        return [];
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        Failed |= length > _rest.Length;
        if (Failed)
        {
            return default;
        }

        ReadOnlySpan<byte> field = _rest[..length];
        _rest = _rest[length..];
        return field;
    }
}
