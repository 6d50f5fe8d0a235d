using System.Buffers.Binary;
using Google.Protobuf;
using Quorate.Etcd.Protocol;

namespace Quorate.Etcd.State;

/// <summary>
/// What a snapshot holds beside the store, and in front of it. Whoever keeps the snapshot checks that its bytes are
/// the ones written; here it is checked that they mean something to this version.
/// <code>
///  0       4         6      8               16              20
/// +-------+---------+------+---------------+---------------+----------------+-----------
/// | QETC  | version | zero | applied index | members bytes | members …      | store …     little-endian
/// +-------+---------+------+---------------+---------------+----------------+-----------
/// a member: its length (4), then an etcdserverpb.Member with id, name and client URLs; in order of id
/// </code>
/// </summary>
/// <param name="AppliedIndex">Index of the last command that the state contains (spec C5).</param>
/// <param name="Members">What members have published about themselves.</param>
internal sealed record SnapshotHeader(long AppliedIndex, MemberAttributes Members)
{
    private const uint Magic = 0x43544551;
    private const ushort Version = 1;
    private const int FixedLength = 20;

    /// <summary>Far above what any cluster publishes; a snapshot that claims more is not one.</summary>
    private const int MembersBytesMax = 16 * 1024 * 1024;

    public byte[] Write()
    {
        int membersLength = 0;
        foreach (Member member in Members.Members)
        {
            membersLength += sizeof(int) + member.CalculateSize();
        }

        byte[] bytes = new byte[FixedLength + membersLength];
        Span<byte> rest = bytes;
        BinaryPrimitives.WriteUInt32LittleEndian(rest, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[4..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(rest[8..], AppliedIndex);
        BinaryPrimitives.WriteInt32LittleEndian(rest[16..], membersLength);
        rest = rest[FixedLength..];
        foreach (Member member in Members.Members)
        {
            int length = member.CalculateSize();
            BinaryPrimitives.WriteInt32LittleEndian(rest, length);
            member.WriteTo(rest.Slice(sizeof(int), length));
            rest = rest[(sizeof(int) + length)..];
        }

        return bytes;
    }

    /// <summary>Reads it, and leaves the stream where the store begins.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a snapshot that this version reads.</exception>
    public static SnapshotHeader Read(Stream stream)
    {
        Span<byte> head = stackalloc byte[FixedLength];
        ReadExactly(stream, head);
        if (BinaryPrimitives.ReadUInt32LittleEndian(head) != Magic)
        {
            throw new InvalidDataException("this is no snapshot of an etcd state: it does not begin with QETC");
        }

        int version = BinaryPrimitives.ReadUInt16LittleEndian(head[4..]);
        if (version != Version)
        {
            throw new InvalidDataException($"the snapshot has format {version}; this version reads format {Version}");
        }

        int reserved = BinaryPrimitives.ReadUInt16LittleEndian(head[6..]);
        long appliedIndex = BinaryPrimitives.ReadInt64LittleEndian(head[8..]);
        int membersLength = BinaryPrimitives.ReadInt32LittleEndian(head[16..]);
        if (reserved != 0 || appliedIndex < 0 || membersLength is < 0 or > MembersBytesMax)
        {
            throw new InvalidDataException("the header of the snapshot makes no sense");
        }

        byte[] members = new byte[membersLength];
        ReadExactly(stream, members);
        return new SnapshotHeader(appliedIndex, ParseMembers(members));
    }

    private static MemberAttributes ParseMembers(ReadOnlySpan<byte> rest)
    {
        MemberAttributes members = MemberAttributes.None;
        while (!rest.IsEmpty)
        {
            int length = rest.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(rest);
            if (length < 0 || length > rest.Length - sizeof(int))
            {
                throw new InvalidDataException("the members in the snapshot end in the middle of one");
            }

            try
            {
                members = members.With(Member.Parser.ParseFrom(rest.Slice(sizeof(int), length)));
            }
            catch (InvalidProtocolBufferException exception)
            {
                throw new InvalidDataException("a member in the snapshot cannot be read", exception);
            }

            rest = rest[(sizeof(int) + length)..];
        }

        return members;
    }

    private static void ReadExactly(Stream stream, Span<byte> destination)
    {
        if (stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) < destination.Length)
        {
            throw new InvalidDataException("the snapshot ends within its header");
        }
    }
}
