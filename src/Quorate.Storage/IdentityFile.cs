using System.Buffers.Binary;
using Quorate.Io;

namespace Quorate.Storage;

/// <summary>
/// The file that says whose data folder it is, and that the member has been started before. It is the last thing that a
/// first start makes durable, so where it exists the log exists: a log that is missing later is damage, and never
/// again a first start (a vote could be given twice).
/// <code>
///   0        8         12      16        24        32            40      60       64
///  +--------+---------+-------+---------+---------+-------------+-------+--------+
///  | magic  | version | group | cluster | member  | data folder | zeros | CRC-32C|
///  +--------+---------+-------+---------+---------+-------------+-------+--------+
/// </code>
/// Little-endian. The data folder's id is drawn at the first start. Later formats keep magic, version and the checksum over the first 60 bytes where they are.
/// </summary>
internal static class IdentityFile
{
    public const string Path = "identity";
    private const ulong Magic = 0x3144_4945_5252_5251; // "QRRREID1"
    private const int Version = 1;
    private const int Size = 64;
    private const int ChecksumOffset = 60;

    public static bool Exists(IDisk disk) => disk.FileExists(Path);

    public static void Write(IDisk disk, MemberIdentity identity, ulong dataFolderId)
    {
        byte[] bytes = new byte[Size];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), identity.Group);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), identity.ClusterId);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), identity.MemberId);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(32), dataFolderId);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumOffset), Crc32C.Compute(bytes.AsSpan(0, ChecksumOffset)));
        FileSteps.Replace(disk, Path, bytes);
    }

    /// <summary>Checks that the folder is the expected member's; returns the folder's id.</summary>
    public static ulong Require(IDisk disk, MemberIdentity expected)
    {
        (MemberIdentity actual, ulong dataFolderId) = Read(disk);
        Require(DataFolderProblem.OtherCluster, "cluster", actual.ClusterId, expected.ClusterId);
        Require(DataFolderProblem.OtherMember, "member", actual.MemberId, expected.MemberId);
        Require(DataFolderProblem.OtherGroup, "group", actual.Group, expected.Group);
        return dataFolderId;
    }

    /// <summary>Whose folder it is, and the folder's id.</summary>
    public static (MemberIdentity Member, ulong DataFolderId) Read(IDisk disk)
    {
        byte[] bytes = new byte[Size];
        using IDiskFile file = FileSteps.Open(disk, Path, DiskFileMode.Read);
        int count = FileSteps.Read(file, 0, bytes);
        if (count < Size)
        {
            throw new StorageDamagedException(Path, count, "the file ends too early");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(ChecksumOffset)) != Crc32C.Compute(bytes.AsSpan(0, ChecksumOffset))
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic)
        {
            throw new StorageDamagedException(Path, 0, "the checksum is wrong");
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8));
        if (version != Version)
        {
            throw new DataFolderException(
                DataFolderProblem.NewerFormat,
                Path,
                $"the data folder has format {version}; this version reads format {Version}: start the version that wrote it, or a later one");
        }

        // The length is fixed by the format; what is behind it nobody wrote.
        if (file.Length != Size)
        {
            throw new StorageDamagedException(Path, Size, "there are bytes behind the end");
        }

        var member = new MemberIdentity(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(16)),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(24)),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(12)));
        return (member, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(32)));
    }

    private static void Require(DataFolderProblem problem, string what, ulong actual, ulong expected)
    {
        if (actual != expected)
        {
            throw new DataFolderException(
                problem,
                Path,
                $"the data folder belongs to {what} {actual:x}, and this is {what} {expected:x}: "
                + "name the data folder of this member, and give it the members, their addresses and the token of its first start; "
                + "an empty folder only if this member has never run before");
        }
    }
}
