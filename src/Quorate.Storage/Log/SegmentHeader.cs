using System.Buffers.Binary;
using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>
/// The first sector of a segment. It says where in the log the segment begins and what was true there, so that all
/// segments before it may vanish. It is written and flushed before the segment gets its name, and never again.
/// <code>
///   0        8        12       16         24        32         40        48        56
///  +--------+--------+--------+----------+---------+----------+---------+---------+--------------+
///  | magic  | version| group  | cluster  | member  | sequence | salt    | length  | first number |
///  +--------+--------+--------+----------+---------+----------+---------+---------+--------------+
///   64            68       72           80          88         96           104          508     512
///  +-------------+--------+------------+-----------+----------+------------+------------+--------+
///  | chain       | zero   | term       | vote      | last term| last index | zeros      | CRC-32C|
///  +-------------+--------+------------+-----------+----------+------------+------------+--------+
/// </code>
/// Little-endian. <c>chain</c> is the header checksum of the block before the segment's first, <c>first number</c> the
/// number that its first block must have. The checksum covers the bytes before it.
/// </summary>
internal readonly record struct SegmentHeader
{
    public const int Size = LogFormat.SectorSize;
    private const ulong Magic = 0x3153_474F_4C52_5251; // "QRRLOGS1"
    private const int ChecksumOffset = Size - 4;

    public required MemberIdentity Identity { get; init; }

    /// <summary>Place of the segment among the segments, without gaps.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>Drawn anew for each use of a file: blocks of an earlier use carry another.</summary>
    public required ulong Salt { get; init; }

    /// <summary>Bytes of the file.</summary>
    public required long Length { get; init; }

    public required ulong FirstNumber { get; init; }

    public required uint Chain { get; init; }

    /// <summary>Term and vote before the first block.</summary>
    public required HardState HardState { get; init; }

    /// <summary>The last entry of the log before the first block.</summary>
    public required LogPosition Last { get; init; }

    public void Write(Span<byte> sector)
    {
        sector[..Size].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(sector, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(sector[8..], LogFormat.Version);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[12..], Identity.Group);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[16..], Identity.ClusterId);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[24..], Identity.MemberId);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[32..], Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[40..], Salt);
        BinaryPrimitives.WriteInt64LittleEndian(sector[48..], Length);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[56..], FirstNumber);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[64..], Chain);
        BinaryPrimitives.WriteInt64LittleEndian(sector[72..], HardState.CurrentTerm);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[80..], HardState.VotedFor.Value);
        BinaryPrimitives.WriteInt64LittleEndian(sector[88..], Last.Term);
        BinaryPrimitives.WriteInt64LittleEndian(sector[96..], Last.Index);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[ChecksumOffset..], Crc32C.Compute(sector[..ChecksumOffset]));
    }

    /// <summary>Reads and checks a header; refuses by default.</summary>
    public static SegmentHeader Read(string path, ulong sequence, long fileLength, MemberIdentity identity, ReadOnlySpan<byte> sector)
    {
        if (sector.Length < Size)
        {
            throw new LogDamagedException(path, sector.Length, "the file ends inside the segment's header");
        }

        if (BinaryPrimitives.ReadUInt64LittleEndian(sector) != Magic)
        {
            throw new LogDamagedException(path, 0, "it does not begin as a log segment does");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(sector[ChecksumOffset..]) != Crc32C.Compute(sector[..ChecksumOffset]))
        {
            throw new LogDamagedException(path, 0, "the checksum of the segment's header is wrong");
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(sector[8..]);
        if (version != LogFormat.Version)
        {
            throw new DataFolderException(
                DataFolderProblem.NewerFormat,
                path,
                $"'{path}' has log format {version}; this version reads format {LogFormat.Version}: start the version that wrote it, or a later one");
        }

        SegmentHeader header = new()
        {
            Identity = new MemberIdentity(
                BinaryPrimitives.ReadUInt64LittleEndian(sector[16..]),
                BinaryPrimitives.ReadUInt64LittleEndian(sector[24..]),
                BinaryPrimitives.ReadUInt32LittleEndian(sector[12..])),
            Sequence = BinaryPrimitives.ReadUInt64LittleEndian(sector[32..]),
            Salt = BinaryPrimitives.ReadUInt64LittleEndian(sector[40..]),
            Length = BinaryPrimitives.ReadInt64LittleEndian(sector[48..]),
            FirstNumber = BinaryPrimitives.ReadUInt64LittleEndian(sector[56..]),
            Chain = BinaryPrimitives.ReadUInt32LittleEndian(sector[64..]),
            HardState = new HardState(
                BinaryPrimitives.ReadInt64LittleEndian(sector[72..]),
                new MemberId(BinaryPrimitives.ReadUInt64LittleEndian(sector[80..]))),
            Last = new LogPosition(
                BinaryPrimitives.ReadInt64LittleEndian(sector[88..]),
                BinaryPrimitives.ReadInt64LittleEndian(sector[96..])),
        };
        if (header.Identity != identity)
        {
            throw new LogDamagedException(path, 0, "the segment was written by another cluster, member or group");
        }

        if (header.Sequence != sequence)
        {
            throw new LogDamagedException(path, 0, $"the segment was written as number {header.Sequence:x16}");
        }

        // The length was flushed before the segment got its name, so no torn write explains another one.
        if (header.Length != fileLength)
        {
            throw new LogDamagedException(
                path, Math.Min(fileLength, header.Length), $"the file has {fileLength} bytes, and was made with {header.Length}");
        }

        return header;
    }
}
