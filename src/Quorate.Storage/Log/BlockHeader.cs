using System.Buffers.Binary;
using Quorate.Io;

namespace Quorate.Storage;

/// <summary>
/// The header of a block: what one write and one flush make durable, all or nothing.
/// <code>
///   0       4         6      8       16         24        32            36
///  +-------+---------+------+-------+----------+---------+-------------+-------------+
///  | magic | version | zero | salt  | sequence | number  | body length | used length |
///  +-------+---------+------+-------+----------+---------+-------------+-------------+
///   40      44         48            60       64
///  +-------+----------+-------------+--------+------------------------------------+
///  | chain | body CRC | zeros       | CRC-32C| body: records, zeros to the sector |
///  +-------+----------+-------------+--------+------------------------------------+
/// </code>
/// Little-endian. <c>salt</c> and <c>sequence</c> are the segment's: what is left of an earlier use of the file is
/// nobody's block. <c>number</c> counts blocks over the whole log. <c>chain</c> is the header checksum of the block
/// before. The header's checksum covers the header, and through the body's checksum the body.
/// </summary>
internal readonly record struct BlockHeader
{
    public const int Size = 64;
    private const uint Magic = 0x4B4C_4251; // "QBLK"
    private const int ChecksumOffset = Size - 4;

    public required ulong Salt { get; init; }

    public required ulong Sequence { get; init; }

    public required ulong Number { get; init; }

    /// <summary>Bytes after the header, so that the block ends with a sector.</summary>
    public required int BodyLength { get; init; }

    /// <summary>Bytes of records in the body; the rest is zeros.</summary>
    public required int UsedLength { get; init; }

    public required uint Chain { get; init; }

    public required uint BodyChecksum { get; init; }

    public long BlockLength => (long)Size + BodyLength;

    /// <summary>Writes the header and returns its checksum, which the next block carries as its chain.</summary>
    public uint Write(Span<byte> destination)
    {
        destination[..Size].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[4..], LogFormat.Version);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Salt);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], Number);
        BinaryPrimitives.WriteInt32LittleEndian(destination[32..], BodyLength);
        BinaryPrimitives.WriteInt32LittleEndian(destination[36..], UsedLength);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[40..], Chain);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[44..], BodyChecksum);
        uint checksum = Crc32C.Compute(destination[..ChecksumOffset]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[ChecksumOffset..], checksum);
        return checksum;
    }

    /// <summary>
    /// Reads a header that belongs to the segment; false where there is none. The body is not looked at.
    /// </summary>
    public static bool TryRead(in SegmentHeader segment, ReadOnlySpan<byte> source, out BlockHeader header, out uint checksum)
    {
        header = default;
        checksum = 0;
        if (source.Length < Size || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic)
        {
            return false;
        }

        checksum = BinaryPrimitives.ReadUInt32LittleEndian(source[ChecksumOffset..]);
        if (checksum != Crc32C.Compute(source[..ChecksumOffset]))
        {
            return false;
        }

        header = new BlockHeader
        {
            Salt = BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
            Sequence = BinaryPrimitives.ReadUInt64LittleEndian(source[16..]),
            Number = BinaryPrimitives.ReadUInt64LittleEndian(source[24..]),
            BodyLength = BinaryPrimitives.ReadInt32LittleEndian(source[32..]),
            UsedLength = BinaryPrimitives.ReadInt32LittleEndian(source[36..]),
            Chain = BinaryPrimitives.ReadUInt32LittleEndian(source[40..]),
            BodyChecksum = BinaryPrimitives.ReadUInt32LittleEndian(source[44..]),
        };
        return header.Salt == segment.Salt
            && header.Sequence == segment.Sequence
            && BinaryPrimitives.ReadUInt16LittleEndian(source[4..]) == LogFormat.Version
            && header.BodyLength >= 0
            && header.UsedLength >= 0
            && header.UsedLength <= header.BodyLength
            && header.BlockLength % LogFormat.SectorSize == 0;
    }
}
