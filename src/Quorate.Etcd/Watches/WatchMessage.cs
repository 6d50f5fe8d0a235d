using System.Buffers;
using Google.Protobuf;
using Quorate.Etcd.Protocol;

namespace Quorate.Etcd.Watches;

/// <summary>A WatchResponse that is ready to be sent: a small part of its own, and events that it shares with others.</summary>
/// <remarks>Immutable, and readable from any thread. Events have the highest field number, so they come last.</remarks>
public sealed class WatchMessage
{
    private readonly WatchResponse _head;
    private readonly ArraySegment<byte[]> _events;

    internal WatchMessage(WatchResponse head)
        : this(head, ArraySegment<byte[]>.Empty)
    {
    }

    internal WatchMessage(WatchResponse head, ArraySegment<byte[]> events)
    {
        _head = head;
        _events = events;
        int size = head.CalculateSize();
        foreach (byte[] bytes in events)
        {
            size = checked(size + bytes.Length);
        }

        SizeBytes = size;
    }

    /// <summary>Bytes of the whole message.</summary>
    public int SizeBytes { get; }

    /// <summary>Number of events in it.</summary>
    public int EventCount => _events.Count;

    /// <summary>Writes the message.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        _head.WriteTo(output);
        foreach (byte[] bytes in _events)
        {
            output.Write(bytes);
        }
    }

    /// <summary>The message as an object: for the world below gRPC, and for what is not gRPC.</summary>
    public WatchResponse ToResponse()
    {
        var bytes = new ArrayBufferWriter<byte>(Math.Max(1, SizeBytes));
        WriteTo(bytes);
        return WatchResponse.Parser.ParseFrom(bytes.WrittenSpan);
    }
}
