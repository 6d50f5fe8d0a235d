using System.Buffers;
using Google.Protobuf;
using Quorate.Etcd.Protocol;

namespace Quorate.Etcd.Watches;

/// <summary>A WatchResponse that is ready to be sent: a small part of its own, and events that it shares with others.</summary>
/// <remarks>
/// Immutable, and readable from any thread: streams that have the same to tell are given the same one. Events have the
/// highest field number, so they come last.
/// </remarks>
public sealed class WatchMessage
{
    private readonly byte[] _head;
    private readonly ArraySegment<byte[]> _events;

    internal WatchMessage(WatchResponse head)
        : this(head, ArraySegment<byte[]>.Empty)
    {
    }

    internal WatchMessage(WatchResponse head, ArraySegment<byte[]> events)
    {
        _head = head.ToByteArray();
        _events = events;
        int size = _head.Length;
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

    internal ArraySegment<byte[]> Events => _events;

    /// <summary>Writes the message.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write(_head);
        foreach (byte[] bytes in _events)
        {
            output.Write(bytes);
        }
    }

    /// <summary>Writes the message to the beginning of a span, which must have room for <see cref="SizeBytes"/>.</summary>
    public void CopyTo(Span<byte> output)
    {
        _head.CopyTo(output);
        output = output[_head.Length..];
        foreach (byte[] bytes in _events)
        {
            bytes.CopyTo(output);
            output = output[bytes.Length..];
        }
    }

    /// <summary>What is its own, as an object.</summary>
    internal WatchResponse ReadHead() => WatchResponse.Parser.ParseFrom(_head);

    /// <summary>The message as an object: for the world below gRPC, and for what is not gRPC.</summary>
    public WatchResponse ToResponse()
    {
        byte[] bytes = new byte[SizeBytes];
        CopyTo(bytes);
        return WatchResponse.Parser.ParseFrom(bytes);
    }
}
