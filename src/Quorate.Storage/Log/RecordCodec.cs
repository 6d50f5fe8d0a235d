using System.Buffers.Binary;
using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>
/// Records, back to back in the body of a block.
/// <code>
///   0                4      5      6      8        12
///  +----------------+------+------+------+--------+---------+
///  | payload length | type | kind | zero | group  | payload |
///  +----------------+------+------+------+--------+---------+
///
///  hard state:  term (8)  vote (8)
///  entry:       term (8)  index (8)  command …            kind: that of the entry
///  reset:       term (8)  index (8)                       of the snapshot's last entry
/// </code>
/// Little-endian. The checksum is the block's.
/// </summary>
internal static class RecordCodec
{
    public const int HeaderSize = 12;
    public const int PositionSize = 16;
    public const int EntryOverhead = HeaderSize + PositionSize;

    public static void WriteHardState(Span<byte> destination, uint group, HardState state)
    {
        WriteHeader(destination, RecordType.HardState, 0, group, PositionSize);
        BinaryPrimitives.WriteInt64LittleEndian(destination[HeaderSize..], state.CurrentTerm);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[(HeaderSize + 8)..], state.VotedFor.Value);
    }

    public static void WriteReset(Span<byte> destination, uint group, LogPosition position)
    {
        WriteHeader(destination, RecordType.Reset, 0, group, PositionSize);
        WritePosition(destination[HeaderSize..], position);
    }

    public static void WriteEntry(Span<byte> destination, uint group, in Entry entry)
    {
        WriteHeader(destination, RecordType.Entry, (byte)entry.Kind, group, PositionSize + entry.Command.Length);
        WritePosition(destination[HeaderSize..], entry.Position);
        entry.Command.Span.CopyTo(destination[EntryOverhead..]);
    }

    /// <summary>
    /// Splits the first record off. False where the bytes are no record: with a good checksum around them, that is the
    /// work of another program.
    /// </summary>
    public static bool TryRead(ref ReadOnlyMemory<byte> records, out RecordType type, out byte kind, out uint group, out ReadOnlyMemory<byte> payload)
    {
        type = default;
        kind = 0;
        group = 0;
        payload = default;
        ReadOnlySpan<byte> span = records.Span;
        if (span.Length < HeaderSize)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(span);
        if (length < PositionSize || length > span.Length - HeaderSize)
        {
            return false;
        }

        type = (RecordType)span[4];
        kind = span[5];
        group = BinaryPrimitives.ReadUInt32LittleEndian(span[8..]);
        payload = records.Slice(HeaderSize, length);
        records = records[(HeaderSize + length)..];
        return true;
    }

    public static HardState ReadHardState(ReadOnlySpan<byte> payload) => new(
        BinaryPrimitives.ReadInt64LittleEndian(payload),
        new MemberId(BinaryPrimitives.ReadUInt64LittleEndian(payload[8..])));

    public static LogPosition ReadPosition(ReadOnlySpan<byte> payload) => new(
        BinaryPrimitives.ReadInt64LittleEndian(payload),
        BinaryPrimitives.ReadInt64LittleEndian(payload[8..]));

    private static void WriteHeader(Span<byte> destination, RecordType type, byte kind, uint group, int payloadLength)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination, payloadLength);
        destination[4] = (byte)type;
        destination[5] = kind;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[6..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], group);
    }

    private static void WritePosition(Span<byte> destination, LogPosition position)
    {
        BinaryPrimitives.WriteInt64LittleEndian(destination, position.Term);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], position.Index);
    }
}
