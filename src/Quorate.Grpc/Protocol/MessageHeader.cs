using System.Buffers;
using System.Buffers.Binary;

namespace Quorate.Grpc.Protocol;

/// <summary>
/// What stands before every message:
/// <code>
/// +------------+---------------------------+----------------
/// | compressed | length of the message     | the message
/// | 1 byte 0/1 | 4 bytes, big-endian       | length bytes
/// +------------+---------------------------+----------------
/// </code>
/// </summary>
internal readonly record struct MessageHeader(bool IsCompressed, int MessageBytes)
{
    public const int SizeBytes = 5;

    /// <summary>Header and message together.</summary>
    public long FrameBytes => (long)SizeBytes + MessageBytes;

    /// <summary>
    /// Reads the header if all of it is there. A flag that does not exist and a length above the limit
    /// are refused here, before anything is gathered for them.
    /// </summary>
    public static bool TryRead(in ReadOnlySequence<byte> buffer, int messageBytesMax, out MessageHeader header)
    {
        header = default;
        if (buffer.Length < SizeBytes)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[SizeBytes];
        buffer.Slice(0, SizeBytes).CopyTo(bytes);

        byte flag = bytes[0];
        if (flag > 1)
        {
            throw WireErrors.UnknownFlag(flag);
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
        if (length > (uint)messageBytesMax)
        {
            throw WireErrors.MessageTooLarge(length, messageBytesMax);
        }

        header = new MessageHeader(flag == 1, (int)length);
        return true;
    }

    /// <summary>Writes the header of an uncompressed message.</summary>
    public static void Write(Span<byte> destination, int messageBytes)
    {
        destination[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(destination[1..], messageBytes);
    }
}
