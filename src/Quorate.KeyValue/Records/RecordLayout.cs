using System.Buffers.Binary;

namespace Quorate.KeyValue.Records;

/// <summary>
/// How a version of a key lies in a slab.
/// <code>
///  0       1            5              9        13            21
/// +-------+------------+--------------+--------+-------------+
/// | parts | key length | value length | sub    | mod revision|
/// +-------+------------+--------------+--------+-------------+
/// | create revision 8 | version 8 |                                          unless it is the first, or a tombstone
/// | lease 8 |                                                                if it has one
/// | older 8 | its revision 8 | jump 8 | its revision 8 | jump's span 4 |     if the key had a version before
/// | key … | value … |
/// </code>
/// Numbers are little-endian. In memory only: files and members never see it.
/// </summary>
internal static class RecordLayout
{
    /// <summary>The first write of a key: version one, created by the revision itself.</summary>
    public const byte IsFirst = 1;

    /// <summary>A tombstone.</summary>
    public const byte IsTombstone = 2;

    /// <summary>It has a lease.</summary>
    public const byte HasLease = 4;

    /// <summary>The key had a version before it.</summary>
    public const byte HasOlder = 8;

    public const int KeyLengthAt = 1;
    public const int ValueLengthAt = 5;
    public const int SubAt = 9;
    public const int ModRevisionAt = 13;
    public const int FixedBytes = 21;

    /// <summary>Most bytes before the key.</summary>
    public const int HeaderBytesMax = FixedBytes + CountsBytes + LeaseBytes + OlderBytes;

    private const int CountsBytes = 16;
    private const int LeaseBytes = 8;
    private const int OlderBytes = 36;

    /// <summary>Which parts a version has.</summary>
    public static byte PartsOf(in VersionFields fields, bool hasOlder)
    {
        int parts = hasOlder ? HasOlder : 0;
        if (fields.Version == 1 && fields.CreateRevision == fields.ModRevision)
        {
            parts |= IsFirst;
        }
        else if (fields is { Version: 0, CreateRevision: 0 })
        {
            parts |= IsTombstone;
        }

        return (byte)(fields.Lease == 0 ? parts : parts | HasLease);
    }

    /// <summary>Where the lease is, after the counts if there are any.</summary>
    public static int LeaseAt(int parts) => FixedBytes + ((parts & (IsFirst | IsTombstone)) == 0 ? CountsBytes : 0);

    /// <summary>Where the ways back are.</summary>
    public static int OlderAt(int parts) => LeaseAt(parts) + ((parts & HasLease) == 0 ? 0 : LeaseBytes);

    /// <summary>Where the key is.</summary>
    public static int KeyAt(int parts) => OlderAt(parts) + ((parts & HasOlder) == 0 ? 0 : OlderBytes);

    /// <summary>Writes everything but key and value.</summary>
    public static void Write(Span<byte> record, byte parts, int keyLength, int valueLength, in VersionFields fields, in OlderVersions older)
    {
        record[0] = parts;
        BinaryPrimitives.WriteInt32LittleEndian(record[KeyLengthAt..], keyLength);
        BinaryPrimitives.WriteInt32LittleEndian(record[ValueLengthAt..], valueLength);
        BinaryPrimitives.WriteInt32LittleEndian(record[SubAt..], fields.Sub);
        BinaryPrimitives.WriteInt64LittleEndian(record[ModRevisionAt..], fields.ModRevision);
        if ((parts & (IsFirst | IsTombstone)) == 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(record[FixedBytes..], fields.CreateRevision);
            BinaryPrimitives.WriteInt64LittleEndian(record[(FixedBytes + 8)..], fields.Version);
        }

        if ((parts & HasLease) != 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(record[LeaseAt(parts)..], fields.Lease);
        }

        if ((parts & HasOlder) != 0)
        {
            WriteOlder(record[OlderAt(parts)..], older);
        }
    }

    /// <summary>The ways back of a version that has a version before it.</summary>
    public static OlderVersions ReadOlder(ReadOnlySpan<byte> older) => new(
        RecordHandle.FromInt64(BinaryPrimitives.ReadInt64LittleEndian(older)),
        BinaryPrimitives.ReadInt64LittleEndian(older[8..]),
        RecordHandle.FromInt64(BinaryPrimitives.ReadInt64LittleEndian(older[16..])),
        BinaryPrimitives.ReadInt64LittleEndian(older[24..]),
        BinaryPrimitives.ReadInt32LittleEndian(older[32..]));

    private static void WriteOlder(Span<byte> destination, in OlderVersions older)
    {
        BinaryPrimitives.WriteInt64LittleEndian(destination, older.Older.ToInt64());
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], older.OlderModRevision);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], older.Jump.ToInt64());
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], older.JumpModRevision);
        BinaryPrimitives.WriteInt32LittleEndian(destination[32..], older.JumpSpan);
    }
}
