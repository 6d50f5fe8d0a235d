using System.Buffers.Binary;
using Google.Protobuf;

namespace Quorate.Server.Benchmark;

/// <summary>
/// A request that is encoded once and sent many times, each time with another key: the digits at its end are overwritten.
/// </summary>
/// <remarks>The bytes are those of a gRPC message: one byte "not compressed", four of length, then the request.</remarks>
internal sealed class RequestTemplate
{
    /// <summary>Digits that the template's key ends in.</summary>
    public const int KeyDigits = 8;

    private const int MessagePrefixBytes = 5;
    private static readonly byte[] s_place = "########"u8.ToArray();

    private readonly byte[] _message;
    private readonly int[] _places;

    private RequestTemplate(string path, byte[] message, int[] places)
    {
        Path = path;
        _message = message;
        _places = places;
    }

    /// <summary>The key with its digits still open.</summary>
    public static string OpenKey(string prefix) => prefix + "########";

    /// <summary>Path of the method: <c>/service/method</c>.</summary>
    public string Path { get; }

    /// <summary>Bytes of each message.</summary>
    public int Bytes => _message.Length;

    /// <summary>Encodes a request; wherever it has an <see cref="OpenKey"/>, a key is put in.</summary>
    public static RequestTemplate Create(string path, IMessage request)
    {
        byte[] message = new byte[MessagePrefixBytes + request.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), message.Length - MessagePrefixBytes);
        request.WriteTo(message.AsSpan(MessagePrefixBytes));
        List<int> places = [];
        for (int at = 0; message.AsSpan(at).IndexOf(s_place) is >= 0 and var next; at += next + KeyDigits)
        {
            places.Add(at + next);
        }

        return new RequestTemplate(path, message, [.. places]);
    }

    /// <summary>Writes the message with this key.</summary>
    public void Write(Span<byte> destination, int key)
    {
        _message.CopyTo(destination);
        foreach (int place in _places)
        {
            int rest = key;
            for (int digit = place + KeyDigits - 1; digit >= place; digit--)
            {
                destination[digit] = (byte)('0' + (rest % 10));
                rest /= 10;
            }
        }
    }
}
