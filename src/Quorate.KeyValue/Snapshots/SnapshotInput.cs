using System.Buffers.Binary;

namespace Quorate.KeyValue.Snapshots;

/// <summary>Reads numbers and bytes from a stream, and knows the offset for errors.</summary>
internal sealed class SnapshotInput(Stream stream)
{
    private const int BufferBytes = 64 * 1024;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _next;
    private int _end;
    private long _bufferOffset;

    /// <summary>Bytes read so far.</summary>
    public long Offset => _bufferOffset + _next;

    /// <summary>The error of a snapshot that cannot be read, at the present offset.</summary>
    public InvalidDataException Error(string what) =>
        new($"The key-value snapshot cannot be read: at offset {Offset}, {what}.");

    public int ReadInt32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        ReadFully(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    public long ReadInt64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        ReadFully(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    public void ReadFully(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (_next == _end && !Fill())
            {
                throw Error("it ends in the middle");
            }

            int taken = Math.Min(_end - _next, destination.Length);
            _buffer.AsSpan(_next, taken).CopyTo(destination);
            _next += taken;
            destination = destination[taken..];
        }
    }

    /// <summary>Whether nothing follows.</summary>
    public bool IsAtEnd() => _next == _end && !Fill();

    private bool Fill()
    {
        _bufferOffset += _end;
        _next = 0;
        _end = stream.Read(_buffer);
        return _end > 0;
    }
}
