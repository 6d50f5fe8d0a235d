using System.Buffers.Binary;
using Quorate.KeyValue.Records;

namespace Quorate.KeyValue;

/// <summary>One version of a key, or the tombstone that its deletion left: a look at its record. Never changes.</summary>
internal readonly struct KeyRevision(byte[] slab, int offset)
{
    /// <summary>Most bytes that a version costs beside key and value, for accounting: the record's header, the slot in a tree
    /// leaf that is two thirds full, and the slot in the event log.</summary>
    public const int OverheadBytes = RecordLayout.HeaderBytesMax + 18 + 16;

    /// <summary>The revision that created the key; zero of a tombstone.</summary>
    public long CreateRevision => Parts switch
    {
        var parts when (parts & RecordLayout.IsFirst) != 0 => ModRevision,
        var parts when (parts & RecordLayout.IsTombstone) != 0 => 0,
        _ => ReadInt64(RecordLayout.FixedBytes),
    };

    /// <summary>The revision that made it.</summary>
    public long ModRevision => ReadInt64(RecordLayout.ModRevisionAt);

    /// <summary>Place among the changes of its revision, from zero.</summary>
    public int Sub => ReadInt32(RecordLayout.SubAt);

    /// <summary>Writes since the key was created; zero marks a tombstone.</summary>
    public long Version => Parts switch
    {
        var parts when (parts & RecordLayout.IsFirst) != 0 => 1,
        var parts when (parts & RecordLayout.IsTombstone) != 0 => 0,
        _ => ReadInt64(RecordLayout.FixedBytes + sizeof(long)),
    };

    /// <summary>The lease it is attached to; zero for none.</summary>
    public long Lease => Parts is var parts && (parts & RecordLayout.HasLease) != 0 ? ReadInt64(RecordLayout.LeaseAt(parts)) : 0;

    public bool IsTombstone => Version == 0;

    /// <summary>Whether the key had a version before it, in memory or not any more.</summary>
    public bool HasOlder => (Parts & RecordLayout.HasOlder) != 0;

    /// <summary>The ways to the versions before it, where it <see cref="HasOlder"/>.</summary>
    public OlderVersions Older => RecordLayout.ReadOlder(slab.AsSpan(offset + RecordLayout.OlderAt(Parts)));

    public ReadOnlySpan<byte> Key => slab.AsSpan(KeyAt, KeyLength);

    public ReadOnlyMemory<byte> KeyMemory => slab.AsMemory(KeyAt, KeyLength);

    public ReadOnlySpan<byte> Value => slab.AsSpan(KeyAt + KeyLength, ValueLength);

    public ReadOnlyMemory<byte> ValueMemory => slab.AsMemory(KeyAt + KeyLength, ValueLength);

    /// <summary>What it counts for in <see cref="StoreHistory.SizeBytes"/>.</summary>
    public int SizeBytes => KeyLength + ValueLength + OverheadBytes;

    /// <summary>Bytes of its record.</summary>
    public int RecordBytes => KeyAt - offset + KeyLength + ValueLength;

    private int Parts => slab[offset];

    private int KeyAt => offset + RecordLayout.KeyAt(Parts);

    private int KeyLength => ReadInt32(RecordLayout.KeyLengthAt);

    private int ValueLength => ReadInt32(RecordLayout.ValueLengthAt);

    /// <summary>All fields.</summary>
    public VersionFields Fields => new(CreateRevision, ModRevision, Sub, Version, Lease);

    public KeyValueRecord ToRecord() => new(KeyMemory, ValueMemory, CreateRevision, ModRevision, Version, Lease);

    public KeyValueRecord ToRecordWithoutValue() => new(KeyMemory, default, CreateRevision, ModRevision, Version, Lease);

    /// <summary>
    /// Whether a compaction keeps the version before it, if there is one. Kept are all versions from the compact revision on,
    /// tombstones too, since they are events that a watch may still ask for, and the version that a read at the compact
    /// revision meets, if that is not a tombstone.
    /// </summary>
    /// <remarks>
    /// This, and <see cref="IsKept"/> of the newest version, alone decide what the store logically holds. How much of the rest is
    /// still in memory shows nowhere, or members that collect garbage at different paces would differ. It is told without
    /// looking at the older version, which may be gone: before the first version of a key there is nothing or a tombstone.
    /// </remarks>
    public bool KeepsOlder(long compactRevision) =>
        HasOlder && (Older.OlderModRevision >= compactRevision || (ModRevision > compactRevision && Version != 1));

    /// <summary>Whether a compaction keeps it, being the newest version of its key.</summary>
    public bool IsKept(long compactRevision) => ModRevision >= compactRevision || !IsTombstone;

    private int ReadInt32(int at) => BinaryPrimitives.ReadInt32LittleEndian(slab.AsSpan(offset + at));

    private long ReadInt64(int at) => BinaryPrimitives.ReadInt64LittleEndian(slab.AsSpan(offset + at));
}
