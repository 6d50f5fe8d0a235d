using System.Buffers.Binary;
using Quorate.Io;

namespace Quorate.Runtime;

/// <summary>
/// The first bytes on a connection, from the side that dialled. Little-endian; magic and version stay where they are
/// in every version to come.
/// <code>
///  0           8         10         12            20       28       36        40
/// +-----------+---------+----------+-------------+--------+--------+---------+
/// | "QUORATE\n" version | reserved | cluster id  | from   | to     | CRC-32C |
/// +-----------+---------+----------+-------------+--------+--------+---------+
/// </code>
/// After a welcome the connection carries frames in this direction: a length of four bytes, then as many bytes.
/// A length of zero is a ping, which is answered in the other direction with four zero bytes.
/// </summary>
internal readonly record struct PeerHello(ulong ClusterId, ulong From, ulong To)
{
    public const int Length = 40;

    /// <summary>Magic and version: enough to tell a foreign protocol or another version, however long its greeting is.</summary>
    public const int PrefixLength = 10;

    public const ushort ProtocolVersion = 1;

    public static ReadOnlySpan<byte> Magic => "QUORATE\n"u8;

    public void Write(Span<byte> destination)
    {
        destination[..Length].Clear();
        Magic.CopyTo(destination);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[8..], ProtocolVersion);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[12..], ClusterId);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[20..], From);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[28..], To);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[36..], Crc32C.Compute(destination[..36]));
    }

    /// <summary>Whether what has arrived so far, be it a single byte, can be the beginning of a greeting or an answer.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> source)
    {
        int length = Math.Min(source.Length, Magic.Length);
        return source[..length].SequenceEqual(Magic[..length]);
    }

    public static ushort ReadVersion(ReadOnlySpan<byte> source) => BinaryPrimitives.ReadUInt16LittleEndian(source[8..]);

    public static bool TryRead(ReadOnlySpan<byte> source, out PeerHello hello)
    {
        hello = new PeerHello(
            BinaryPrimitives.ReadUInt64LittleEndian(source[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[20..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[28..]));
        return BinaryPrimitives.ReadUInt32LittleEndian(source[36..]) == Crc32C.Compute(source[..36]);
    }
}
