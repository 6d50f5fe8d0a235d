using System.Buffers.Binary;
using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.KeyValue.Leases;

namespace Quorate.Etcd.State;

/// <summary>
/// What a snapshot holds beside the store, and in front of it. Whoever keeps the snapshot checks that its bytes are
/// the ones written; here it is checked that they mean something to this version.
/// <code>
///  0       4         6      8               16              20
/// +-------+---------+------+---------------+---------------+----------------+-----------
/// | QETC  | version | zero | applied index | records bytes | records …      | store …     little-endian
/// +-------+---------+------+---------------+---------------+----------------+-----------
/// a record: its kind (1), its length (4), its bytes; in order of kind
///   1  an etcdserverpb.Member with id, name and client URLs; in order of id
///   2  a lease: id (8), granted seconds (8), milliseconds left when that was last replicated (8), renewal number (8);
///      in order of id. Which keys are attached to it, the store tells
/// </code>
/// </summary>
/// <param name="AppliedIndex">Index of the last command that the state contains (spec C5).</param>
/// <param name="Members">What members have published about themselves.</param>
/// <param name="Leases">The leases.</param>
internal sealed record SnapshotHeader(long AppliedIndex, MemberAttributes Members, IReadOnlyList<LeaseRecord> Leases)
{
    private const uint Magic = 0x43544551;
    private const ushort Version = 2;
    private const int FixedLength = 20;
    private const int RecordPrefixLength = sizeof(byte) + sizeof(int);
    private const int LeaseLength = 4 * sizeof(long);

    /// <summary>Far above what any cluster holds; a snapshot that claims more is not one.</summary>
    private const int RecordsBytesMax = 1 << 30;

    private enum RecordKind : byte
    {
        Member = 1,
        Lease = 2,
    }

    public byte[] Write()
    {
        int recordsLength = Leases.Count * (RecordPrefixLength + LeaseLength);
        foreach (Member member in Members.Members)
        {
            recordsLength += RecordPrefixLength + member.CalculateSize();
        }

        byte[] bytes = new byte[FixedLength + recordsLength];
        Span<byte> rest = bytes;
        BinaryPrimitives.WriteUInt32LittleEndian(rest, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[4..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(rest[8..], AppliedIndex);
        BinaryPrimitives.WriteInt32LittleEndian(rest[16..], recordsLength);
        rest = rest[FixedLength..];
        foreach (Member member in Members.Members)
        {
            rest = rest[WriteRecord(rest, RecordKind.Member, member)..];
        }

        for (int i = 0; i < Leases.Count; i++)
        {
            rest = rest[WriteRecord(rest, Leases[i])..];
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
        int recordsLength = BinaryPrimitives.ReadInt32LittleEndian(head[16..]);
        if (reserved != 0 || appliedIndex < 0 || recordsLength is < 0 or > RecordsBytesMax)
        {
            throw new InvalidDataException("the header of the snapshot makes no sense");
        }

        byte[] records = new byte[recordsLength];
        ReadExactly(stream, records);
        return ParseRecords(appliedIndex, records);
    }

    private static int WriteRecord(Span<byte> destination, RecordKind kind, Member message)
    {
        int length = message.CalculateSize();
        destination[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(destination[sizeof(byte)..], length);
        message.WriteTo(destination.Slice(RecordPrefixLength, length));
        return RecordPrefixLength + length;
    }

    private static int WriteRecord(Span<byte> destination, in LeaseRecord lease)
    {
        destination[0] = (byte)RecordKind.Lease;
        BinaryPrimitives.WriteInt32LittleEndian(destination[sizeof(byte)..], LeaseLength);
        Span<byte> fields = destination[RecordPrefixLength..];
        BinaryPrimitives.WriteInt64LittleEndian(fields, lease.Id);
        BinaryPrimitives.WriteInt64LittleEndian(fields[8..], lease.TtlSeconds);
        BinaryPrimitives.WriteInt64LittleEndian(fields[16..], lease.RemainingMilliseconds);
        BinaryPrimitives.WriteInt64LittleEndian(fields[24..], lease.RenewedAt);
        return RecordPrefixLength + LeaseLength;
    }

    private static LeaseRecord ParseLease(ReadOnlySpan<byte> fields) => fields.Length == LeaseLength
        ? new LeaseRecord(
            BinaryPrimitives.ReadInt64LittleEndian(fields),
            BinaryPrimitives.ReadInt64LittleEndian(fields[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(fields[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(fields[24..]))
        : throw new InvalidDataException("a lease in the snapshot has another length than leases have");

    private static SnapshotHeader ParseRecords(long appliedIndex, ReadOnlySpan<byte> rest)
    {
        MemberAttributes members = MemberAttributes.None;
        List<LeaseRecord> leases = [];
        while (!rest.IsEmpty)
        {
            int length = rest.Length < RecordPrefixLength ? -1 : BinaryPrimitives.ReadInt32LittleEndian(rest[sizeof(byte)..]);
            if (length < 0 || length > rest.Length - RecordPrefixLength)
            {
                throw new InvalidDataException("the header of the snapshot ends in the middle of a record");
            }

            ReadOnlySpan<byte> record = rest.Slice(RecordPrefixLength, length);
            try
            {
                switch ((RecordKind)rest[0])
                {
                    case RecordKind.Member:
                        members = members.With(Member.Parser.ParseFrom(record));
                        break;
                    case RecordKind.Lease:
                        leases.Add(ParseLease(record));
                        break;
                    default:
                        throw new InvalidDataException($"the snapshot holds records of kind {rest[0]}, which this version does not know");
                }
            }
            catch (InvalidProtocolBufferException exception)
            {
                throw new InvalidDataException($"a record of kind {rest[0]} in the snapshot cannot be read", exception);
            }

            rest = rest[(RecordPrefixLength + length)..];
        }

        return new SnapshotHeader(appliedIndex, members, leases);
    }

    private static void ReadExactly(Stream stream, Span<byte> destination)
    {
        if (stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) < destination.Length)
        {
            throw new InvalidDataException("the snapshot ends within its header");
        }
    }
}
