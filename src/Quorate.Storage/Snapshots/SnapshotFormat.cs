using System.Buffers.Binary;
using System.Globalization;
using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>
/// The bytes of a snapshot file, the same on the disk of every member and on the wire.
/// <code>
///  header   magic (8)  CRC-32C (4)  header length (4)  version (4)  group (4)  cluster (8)
///           term (8)  index (8)  configuration length (4)  configuration …
///  block    CRC-32C (4)  length (4)  content (1 to 65536; all but the last are full)
///  …
///  footer   CRC-32C (4)  marker FFFFFFFF (4)  content length (8)  blocks (8)
/// </code>
/// Little-endian. Each checksum stands before what it covers, which is everything after it to the end of its header,
/// block or footer: see <see cref="Crc32C"/> for why. The checksum in <see cref="SnapshotMetadata"/> is over all bytes of the file.
/// </summary>
internal static class SnapshotFormat
{
    public const string Folder = "snapshots";
    public const string Suffix = ".qsnap";
    public const string WritingPath = Folder + "/writing.tmp";
    public const string IncomingPath = Folder + "/incoming.tmp";

    public const int Version = 1;
    public const int BlockContentBytesMax = 64 << 10;
    public const int BlockHeaderSize = 8;
    public const int FooterSize = 24;
    public const uint FooterMarker = uint.MaxValue;
    public const int HeaderFixedSize = 52;
    public const int HeaderBytesMax = 1 << 20;
    private const ulong Magic = 0x3150_414E_5352_5251; // "QRRSNAP1"
    private const int HeaderChecksumOffset = 8;
    private const int HeaderChecksumEnd = 12;

    public static string PathOf(LogPosition position) => string.Create(
        CultureInfo.InvariantCulture, $"{Folder}/{position.Term:x16}-{position.Index:x16}{Suffix}");

    public static bool TryParseName(string name, out LogPosition position)
    {
        position = default;
        if (name.Length != 33 + Suffix.Length || name[16] != '-' || !name.EndsWith(Suffix, StringComparison.Ordinal)
            || !long.TryParse(name.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long term)
            || !long.TryParse(name.AsSpan(17, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long index))
        {
            return false;
        }

        position = new LogPosition(term, index);
        return true;
    }

    public static byte[] EncodeHeader(MemberIdentity identity, LogPosition position, Configuration configuration)
    {
        byte[] members = ConfigurationCodec.Encode(configuration);
        byte[] header = new byte[HeaderFixedSize + members.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), header.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(20), identity.Group);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(24), identity.ClusterId);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(32), position.Term);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(40), position.Index);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(48), members.Length);
        members.CopyTo(header.AsSpan(HeaderFixedSize));
        BinaryPrimitives.WriteUInt32LittleEndian(
            header.AsSpan(HeaderChecksumOffset), Crc32C.Compute(header.AsSpan(HeaderChecksumEnd)));
        return header;
    }

    /// <summary>Length of the header that begins so, or null where none does.</summary>
    public static int? HeaderLength(ReadOnlySpan<byte> fixedPart)
    {
        if (fixedPart.Length < HeaderFixedSize || BinaryPrimitives.ReadUInt64LittleEndian(fixedPart) != Magic)
        {
            return null;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(fixedPart[12..]);
        return length is >= HeaderFixedSize and <= HeaderBytesMax ? length : null;
    }

    /// <summary>Reads a whole header; refuses by default.</summary>
    public static (LogPosition Position, Configuration Configuration) ReadHeader(string path, MemberIdentity identity, ReadOnlySpan<byte> header)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[HeaderChecksumOffset..]) != Crc32C.Compute(header[HeaderChecksumEnd..]))
        {
            throw new SnapshotDamagedException(path, HeaderChecksumOffset, "the checksum of the header is wrong");
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(header[16..]);
        if (version != Version)
        {
            throw new DataFolderException(
                DataFolderProblem.NewerFormat,
                path,
                $"'{path}' has snapshot format {version}; this version reads format {Version}: start the version that wrote it, or a later one");
        }

        if (BinaryPrimitives.ReadUInt64LittleEndian(header[24..]) != identity.ClusterId
            || BinaryPrimitives.ReadUInt32LittleEndian(header[20..]) != identity.Group)
        {
            throw new SnapshotDamagedException(path, 20, "the snapshot is of another cluster or group");
        }

        if (BinaryPrimitives.ReadInt32LittleEndian(header[48..]) != header.Length - HeaderFixedSize)
        {
            throw new SnapshotDamagedException(path, 48, "the length of the configuration is not what the header leaves for it");
        }

        LogPosition position = new(
            BinaryPrimitives.ReadInt64LittleEndian(header[32..]), BinaryPrimitives.ReadInt64LittleEndian(header[40..]));
        return (position, ReadConfiguration(path, header[HeaderFixedSize..]));
    }

    private static Configuration ReadConfiguration(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return ConfigurationCodec.Decode(bytes);
        }
        catch (FormatException e)
        {
            throw new SnapshotDamagedException(path, HeaderFixedSize, e.Message);
        }
    }

    /// <summary>Writes the header of a block in front of its content, which is there already.</summary>
    public static void WriteBlockHeader(Span<byte> block)
    {
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], block.Length - BlockHeaderSize);
        BinaryPrimitives.WriteUInt32LittleEndian(block, Crc32C.Compute(block[4..]));
    }

    public static void WriteFooter(Span<byte> footer, long contentLength, long blocks)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(footer[4..], FooterMarker);
        BinaryPrimitives.WriteInt64LittleEndian(footer[8..], contentLength);
        BinaryPrimitives.WriteInt64LittleEndian(footer[16..], blocks);
        BinaryPrimitives.WriteUInt32LittleEndian(footer, Crc32C.Compute(footer[4..FooterSize]));
    }
}
