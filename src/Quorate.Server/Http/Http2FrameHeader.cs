using System.Buffers;
using System.Buffers.Binary;

namespace Quorate.Server.Http;

/// <summary>
/// What begins every frame of HTTP/2 (RFC 9113 §4.1):
/// <code>
/// +-----------------------------------------------+
/// |                  Length (24)                  |   of the payload alone
/// +---------------+---------------+---------------+
/// |   Type (8)    |   Flags (8)   |
/// +-+-------------+---------------+---------------+
/// |R|            Stream identifier (31)           |
/// +-+---------------------------------------------+
/// </code>
/// </summary>
internal readonly record struct Http2FrameHeader(int PayloadBytes, byte Type, byte Flags)
{
    public const int Bytes = 9;

    /// <summary>The largest payload that a client may send to Kestrel, which keeps the initial value (RFC 9113 §6.5.2).</summary>
    public const int PayloadBytesMax = 16 * 1024;

    /// <summary>RFC 9113 §6.2: the frame that opens a stream and begins a block of header fields.</summary>
    public const byte HeadersType = 1;

    public const byte PaddedFlag = 0x08;

    public const byte PriorityFlag = 0x20;

    public bool IsHeaders => Type == HeadersType;

    /// <summary>The whole frame.</summary>
    public int FrameBytes => Bytes + PayloadBytes;

    public static Http2FrameHeader Read(ReadOnlySpan<byte> frame) =>
        new((frame[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(frame[1..]), frame[3], frame[4]);

    /// <summary>False when the bytes end before the header does.</summary>
    public static bool TryRead(in ReadOnlySequence<byte> bytes, out Http2FrameHeader header)
    {
        if (bytes.Length < Bytes)
        {
            header = default;
            return false;
        }

        Span<byte> copy = stackalloc byte[Bytes];
        bytes.Slice(0, Bytes).CopyTo(copy);
        header = Read(copy);
        return true;
    }

    /// <summary>Changes the length in a frame and leaves the rest.</summary>
    public static void WritePayloadBytes(Span<byte> frame, int payloadBytes)
    {
        frame[0] = (byte)(payloadBytes >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(frame[1..], (ushort)payloadBytes);
    }
}
