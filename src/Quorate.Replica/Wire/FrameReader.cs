using System.Buffers.Binary;
using Quorate.Raft;

namespace Quorate.Replica.Wire;

/// <summary>
/// Reads little-endian fields off a frame's body. The first field that does not fit or makes no sense sets
/// <see cref="Failed"/>; everything read after it is zero, so a parser may read on to its end and ask once.
/// </summary>
internal ref struct FrameReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body;

    public bool Failed { get; private set; }

    /// <summary>Whether all was read, without failure and to the last byte.</summary>
    public readonly bool IsComplete => !Failed && _rest.IsEmpty;

    public readonly int BytesLeft => _rest.Length;

    public byte Byte()
    {
        ReadOnlySpan<byte> bytes = Bytes(1);
        return bytes.IsEmpty ? (byte)0 : bytes[0];
    }

    public bool Flag()
    {
        byte value = Byte();
        Require(value <= 1);
        return value == 1;
    }

    public uint UInt32()
    {
        ReadOnlySpan<byte> bytes = Bytes(sizeof(uint));
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    /// <summary>A number of things of which each takes at least so many bytes of what is left: never more than the frame can hold.</summary>
    public int Count(int bytesEachAtLeast)
    {
        uint value = UInt32();
        Require(value <= (uint)(_rest.Length / bytesEachAtLeast));
        return Failed ? 0 : (int)value;
    }

    public ulong UInt64()
    {
        ReadOnlySpan<byte> bytes = Bytes(sizeof(ulong));
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>A term, index, offset or number: never negative.</summary>
    public long Int64()
    {
        ulong value = UInt64();
        Require(value <= long.MaxValue);
        return Failed ? 0 : (long)value;
    }

    public LogPosition Position()
    {
        long term = Int64();
        return new LogPosition(term, Int64());
    }

    public ReadOnlySpan<byte> Bytes(int length)
    {
        if (length < 0 || length > _rest.Length)
        {
            Failed = true;
        }

        if (Failed)
        {
            return default;
        }

        ReadOnlySpan<byte> bytes = _rest[..length];
        _rest = _rest[length..];
        return bytes;
    }

    /// <summary>The rest of the body as memory that may stay: the frame itself lies in the connection's buffer.</summary>
    public Memory<byte> CopyRest()
    {
        ReadOnlySpan<byte> rest = Bytes(_rest.Length);
        Memory<byte> copy = CommandMemory.Allocate(rest.Length);
        rest.CopyTo(copy.Span);
        return copy;
    }

    public SnapshotMetadata? Snapshot()
    {
        LogPosition lastIncluded = Position();
        long length = Int64();
        uint checksum = UInt32();
        ReadOnlySpan<byte> configuration = Bytes(Count(1));
        if (Failed)
        {
            return null;
        }

        try
        {
            return new SnapshotMetadata(lastIncluded, ConfigurationCodec.Decode(configuration), length, checksum);
        }
        catch (FormatException)
        {
            Failed = true;
            return null;
        }
    }

    public void Require(bool condition)
    {
        if (!condition)
        {
            Failed = true;
        }
    }
}
