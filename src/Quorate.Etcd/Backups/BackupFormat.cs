using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Quorate.Etcd.Backups;

/// <summary>
/// The bytes of a backup: what <c>Maintenance.Snapshot</c> sends and <c>snapshot save</c> keeps. The content is that of
/// the snapshots members exchange.
/// <code>
///  0          8        12     16           24          32         40                 48          56              64
/// +----------+--------+------+------------+-----------+----------+------------------+-----------+---------------+---
/// | QRTBCKUP | format | zero | cluster id | member id | revision | compact revision | key count | content bytes | …
/// +----------+--------+------+------------+-----------+----------+------------------+-----------+---------------+---
///  64 + content bytes        a multiple of 512
/// +-----------+---------------+---------+
/// | content … | fewer than    | SHA-256 |      numbers are little-endian; the SHA-256 is over everything before it
/// |           | 512 zeros     |      32 |
/// +-----------+---------------+---------+
/// </code>
/// etcd's clients take a snapshot for whole when its length leaves 32 on division by 512, which explains the zeros.
/// </summary>
internal static class BackupFormat
{
    public const int HeaderLength = 64;
    public const int ChecksumLength = SHA256.HashSizeInBytes;
    public const int Alignment = 512;

    private const ulong Magic = 0x50554B4342545251;
    private const uint Format = 1;

    /// <summary>All bytes but the checksum.</summary>
    public static long BytesBeforeChecksum(long contentBytes) => (HeaderLength + contentBytes + Alignment - 1) / Alignment * Alignment;

    public static byte[] WriteHeader(BackupDescription description)
    {
        byte[] header = new byte[HeaderLength];
        Span<byte> bytes = header;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], Format);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], description.ClusterId);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], description.MemberId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], description.Revision);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], description.CompactRevision);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[48..], description.KeyCount);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[56..], description.ContentBytes);
        return header;
    }

    /// <exception cref="InvalidDataException">It is no backup that this version reads.</exception>
    public static BackupDescription ReadHeader(ReadOnlySpan<byte> header)
    {
        if (BinaryPrimitives.ReadUInt64LittleEndian(header) != Magic)
        {
            throw new InvalidDataException("it is no snapshot of quorate: it does not begin with QRTBCKUP (one of etcd's has another format)");
        }

        uint format = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        if (format != Format)
        {
            throw new InvalidDataException($"it has format {format}; this version reads format {Format}");
        }

        BackupDescription description = new(
            BinaryPrimitives.ReadUInt64LittleEndian(header[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(header[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[48..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[56..]));
        return BinaryPrimitives.ReadUInt32LittleEndian(header[12..]) == 0 && description.ContentBytes is >= 0 and < long.MaxValue / 2
            ? description
            : throw new InvalidDataException("its header makes no sense");
    }
}
