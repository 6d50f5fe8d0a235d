using System.Buffers.Binary;
using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Replica.Wire;

/// <summary>Appends little-endian fields to a frame.</summary>
internal readonly ref struct FrameWriter(FrameBuffer buffer)
{
    private readonly FrameBuffer _buffer = buffer;

    public void Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.GetSpan(sizeof(uint)), value);
        _buffer.Advance(sizeof(uint));
    }

    public void Count(int value) => UInt32((uint)value);

    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.GetSpan(sizeof(ulong)), value);
        _buffer.Advance(sizeof(ulong));
    }

    public void Int64(long value) => UInt64((ulong)value);

    public void Position(LogPosition position)
    {
        Int64(position.Term);
        Int64(position.Index);
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.GetSpan(bytes.Length));
        _buffer.Advance(bytes.Length);
    }

    public void Snapshot(SnapshotMetadata snapshot)
    {
        Position(snapshot.LastIncluded);
        Int64(snapshot.Length);
        UInt32(snapshot.Checksum);
        byte[] configuration = ConfigurationCodec.Encode(snapshot.Configuration);
        Count(configuration.Length);
        Bytes(configuration);
    }
}
