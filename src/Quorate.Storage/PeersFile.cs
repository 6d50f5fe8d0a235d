using System.Buffers.Binary;
using Quorate.Io;

namespace Quorate.Storage;

/// <summary>
/// The file that says which data folder each other member was first heard from with. It exists from the first start on,
/// so one that is missing is damage.
/// <code>
///   0        8         12      16        24       32            40      44      48
///  +--------+---------+-------+---------+--------+-------------+-------+-------+------------------------------+--------+
///  | magic  | version | group | cluster | member | data folder | count | zeros | (u64 member | u64 folder) …  | CRC-32C|
///  +--------+---------+-------+---------+--------+-------------+-------+-------+------------------------------+--------+
/// </code>
/// Little-endian; members in ascending order. The checksum covers everything before it.
/// </summary>
internal static class PeersFile
{
    public const string Path = "peers";

    /// <summary>Most members that can be kept apart.</summary>
    public const int PeersMax = 1024;

    private const ulong Magic = 0x3153_5245_4550_5251; // "QRPEERS1"
    private const int Version = 1;
    private const int HeaderBytes = 48;
    private const int PeerBytes = 16;
    private const int ChecksumBytes = 4;

    public static byte[] Encode(MemberIdentity identity, ulong dataFolderId, SortedDictionary<ulong, ulong> folders)
    {
        byte[] bytes = new byte[HeaderBytes + (folders.Count * PeerBytes) + ChecksumBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), identity.Group);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), identity.ClusterId);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), identity.MemberId);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(32), dataFolderId);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(40), folders.Count);
        int offset = HeaderBytes;
        foreach ((ulong member, ulong folder) in folders)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(offset), member);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(offset + 8), folder);
            offset += PeerBytes;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset), Crc32C.Compute(bytes.AsSpan(0, offset)));
        return bytes;
    }

    public static SortedDictionary<ulong, ulong> Read(IDisk disk, MemberIdentity identity, ulong dataFolderId)
    {
        if (!disk.FileExists(Path))
        {
            throw new StorageDamagedException(Path, 0, "the file is missing, though this is not the first start");
        }

        byte[] bytes = new byte[HeaderBytes + (PeersMax * PeerBytes) + ChecksumBytes];
        using IDiskFile file = FileSteps.Open(disk, Path, DiskFileMode.Read);
        int count = FileSteps.Read(file, 0, bytes);
        int covered = count - ChecksumBytes;
        if (covered < HeaderBytes || file.Length != count)
        {
            throw new StorageDamagedException(Path, count, "the file has a length that it cannot have");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(covered)) != Crc32C.Compute(bytes.AsSpan(0, covered)))
        {
            throw new StorageDamagedException(Path, 0, "the checksum is wrong");
        }

        int peers = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(40));
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8)) != Version
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(12)) != identity.Group
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(16)) != identity.ClusterId
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(24)) != identity.MemberId
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(32)) != dataFolderId
            || covered != HeaderBytes + ((long)peers * PeerBytes))
        {
            throw new StorageDamagedException(Path, 0, "the file is not of this data folder");
        }

        SortedDictionary<ulong, ulong> folders = [];
        for (int offset = HeaderBytes; offset < covered; offset += PeerBytes)
        {
            folders[BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(offset))] =
                BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(offset + 8));
        }

        return folders;
    }
}
