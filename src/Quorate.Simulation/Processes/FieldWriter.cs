using System.Buffers;
using System.Buffers.Binary;
using Quorate.Paxos;
using Quorate.Raft;

namespace Quorate.Simulation.Processes;

/// <summary>Writes little-endian fields, as <see cref="FieldReader"/> reads them.</summary>
internal static class FieldWriter
{
    public static void Byte(this IBufferWriter<byte> buffer, byte value) => buffer.Write([value]);

    public static void UInt64(this IBufferWriter<byte> buffer, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.GetSpan(sizeof(ulong)), value);
        buffer.Advance(sizeof(ulong));
    }

    public static void Int64(this IBufferWriter<byte> buffer, long value) => buffer.UInt64((ulong)value);

    public static void Member(this IBufferWriter<byte> buffer, MemberId member) => buffer.UInt64(member.Value);

    public static void Ballot(this IBufferWriter<byte> buffer, Ballot ballot)
    {
        buffer.Int64(ballot.Round);
        buffer.Member(ballot.Member);
    }

    public static void Value(this IBufferWriter<byte> buffer, Value value)
    {
        buffer.UInt64(value.Id);
        buffer.Int64(value.Command.Length);
        buffer.Write(value.Command.Span);
    }
}
