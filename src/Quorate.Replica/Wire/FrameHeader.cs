using System.Buffers.Binary;
using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Replica.Wire;

/// <summary>
/// The beginning of every frame between members. All numbers are little-endian. The transport delimits frames; the
/// checksum belongs to the frame, so that nothing between two codecs, memory included, can change it unnoticed.
/// <code>
///  0          2         3        4         8        16        24      32     40     48            56          64
/// +----------+---------+--------+---------+--------+---------+-------+------+------+-------------+-----------+--------
/// | 'Q' 'f'  | version | kind   | CRC-32C | group  | cluster | from  | to   | term | from folder | to folder | body …
/// +----------+---------+--------+---------+--------+---------+-------+------+------+-------------+-----------+--------
/// </code>
/// The checksum covers everything but itself. The group is zero until a member holds more than one Raft group. The
/// folders are the sender's data folder and the one that the sender knows the receiver by, zero if none yet
/// (<see cref="Parts.PeerFolders"/>).
/// </summary>
internal readonly record struct FrameHeader(FrameKind Kind, ulong Group, ulong Cluster, MemberId From, MemberId To, long Term, ulong FromFolder, ulong ToFolder)
{
    public const int Length = 64;
    public const byte Magic0 = (byte)'Q';
    public const byte Magic1 = (byte)'f';
    public const byte Version = 1;
    public const ulong OnlyGroup = 0;

    public const int KindOffset = 3;

    private const int VersionOffset = 2;
    private const int ChecksumOffset = 4;
    private const int CoveredAfterChecksum = 8;

    /// <summary>Writes all but the checksum, which <see cref="Seal"/> fills in once the body is there.</summary>
    public void Write(Span<byte> destination)
    {
        destination[0] = Magic0;
        destination[1] = Magic1;
        destination[VersionOffset] = Version;
        destination[KindOffset] = (byte)Kind;
        BinaryPrimitives.WriteUInt32LittleEndian(destination[ChecksumOffset..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Group);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], Cluster);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], From.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[32..], To.Value);
        BinaryPrimitives.WriteInt64LittleEndian(destination[40..], Term);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[48..], FromFolder);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[56..], ToFolder);
    }

    public static void Seal(Span<byte> frame) =>
        BinaryPrimitives.WriteUInt32LittleEndian(frame[ChecksumOffset..], Checksum(frame));

    /// <summary>
    /// Reads and checks the header. Whether version and kind are known is asked after the checksum, so that a flipped
    /// bit is called damage, and only a whole frame of another program is called unknown.
    /// </summary>
    public static FrameRefusal TryRead(ReadOnlySpan<byte> frame, out FrameHeader header)
    {
        header = default;
        if (frame.Length < Length)
        {
            return FrameRefusal.Truncated;
        }

        if (frame[0] != Magic0 || frame[1] != Magic1)
        {
            return FrameRefusal.NotAFrame;
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(frame[ChecksumOffset..]) != Checksum(frame))
        {
            return FrameRefusal.Damaged;
        }

        if (frame[VersionOffset] != Version)
        {
            return FrameRefusal.UnknownVersion;
        }

        header = new FrameHeader(
            (FrameKind)frame[KindOffset],
            BinaryPrimitives.ReadUInt64LittleEndian(frame[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(frame[16..]),
            new MemberId(BinaryPrimitives.ReadUInt64LittleEndian(frame[24..])),
            new MemberId(BinaryPrimitives.ReadUInt64LittleEndian(frame[32..])),
            BinaryPrimitives.ReadInt64LittleEndian(frame[40..]),
            BinaryPrimitives.ReadUInt64LittleEndian(frame[48..]),
            BinaryPrimitives.ReadUInt64LittleEndian(frame[56..]));
        return header.Term < 0 || header.FromFolder == 0 ? FrameRefusal.Malformed : FrameRefusal.None;
    }

    private static uint Checksum(ReadOnlySpan<byte> frame)
    {
        uint checksum = Crc32C.Compute(frame[..ChecksumOffset]);
        return Crc32C.Append(checksum, frame[CoveredAfterChecksum..]);
    }
}
