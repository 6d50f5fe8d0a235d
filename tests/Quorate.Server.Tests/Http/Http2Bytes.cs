using System.Buffers.Binary;
using System.Text;
using Quorate.Server.Http;

namespace Quorate.Server.Tests.Http;

/// <summary>Frames and header fields as a client puts them on the wire.</summary>
internal static class Http2Bytes
{
    public const byte EndStream = 0x01;
    public const byte EndHeaders = 0x04;
    public const byte Padded = 0x08;
    public const byte Priority = 0x20;

    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Settings = 4;
    public const byte ResetStream = 3;
    public const byte Ping = 6;
    public const byte GoAway = 7;
    public const byte WindowUpdate = 8;
    public const byte Continuation = 9;

    public static byte[] Preface => Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    public static byte[] Frame(byte type, byte flags, int stream, params byte[] payload)
    {
        byte[] frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    /// <summary>A literal whose name is in a table: <paramref name="kind"/> is 0x40, 0x00 or 0x10.</summary>
    public static byte[] Literal(int nameIndex, string value, bool huffman = false, byte kind = 0x40) =>
        [(byte)(kind | nameIndex), .. Text(value, huffman)];

    /// <summary>A literal whose name is written out.</summary>
    public static byte[] Literal(string name, string value, bool huffman = false, byte kind = 0x40) =>
        [kind, .. Text(name, huffman), .. Text(value, huffman)];

    public static byte[] Text(string value, bool huffman)
    {
        byte[] written = new byte[(2 * value.Length) + 8];
        return written[..HpackString.Write(written, Encoding.ASCII.GetBytes(value), huffman)];
    }

    /// <summary>The whole of a request without body: GET, http, a path, an authority.</summary>
    public static byte[] Request(int stream, string authority, bool huffman = false) =>
        Frame(Headers, EndStream | EndHeaders, stream, [0x82, 0x86, 0x84, .. Literal(1, authority, huffman)]);

    public static byte[] FromHex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
