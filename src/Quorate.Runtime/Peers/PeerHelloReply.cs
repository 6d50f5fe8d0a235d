using System.Buffers.Binary;
using Quorate.Io;

namespace Quorate.Runtime;

/// <summary>
/// The answer to a <see cref="PeerHello"/>. Its version is the one that the answering side speaks.
/// <code>
///  0           8         10       12            20          28        32
/// +-----------+---------+--------+-------------+-----------+---------+
/// | "QUORATE\n" version | answer | cluster id  | member id | CRC-32C |      little-endian
/// +-----------+---------+--------+-------------+-----------+---------+
/// </code>
/// </summary>
internal readonly record struct PeerHelloReply(ushort Version, PeerAnswer Answer, ulong ClusterId, ulong MemberId)
{
    public const int Length = 32;

    public void Write(Span<byte> destination)
    {
        PeerHello.Magic.CopyTo(destination);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[8..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[10..], (ushort)Answer);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[12..], ClusterId);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[20..], MemberId);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[28..], Crc32C.Compute(destination[..28]));
    }

    public static bool TryRead(ReadOnlySpan<byte> source, out PeerHelloReply reply)
    {
        reply = new PeerHelloReply(
            PeerHello.ReadVersion(source),
            (PeerAnswer)BinaryPrimitives.ReadUInt16LittleEndian(source[10..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[20..]));
        return PeerHello.MayBegin(source) && BinaryPrimitives.ReadUInt32LittleEndian(source[28..]) == Crc32C.Compute(source[..28]);
    }
}
