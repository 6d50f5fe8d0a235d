namespace Quorate.KeyValue;

/// <summary>One version of a key, or the tombstone that its deletion left. Immutable.</summary>
/// <remarks>
/// Key and value share one array: a second array would cost 24 bytes of header and padding a version.
/// </remarks>
internal sealed class KeyRevision : KeyEntry
{
    /// <summary>Bytes that a version costs beside key and value, for accounting: this object, the array's header and
    /// padding, the slot in a tree leaf that is two thirds full, and the slot in the event log.</summary>
    public const int OverheadBytes = 64 + 28 + 12 + 16;

    private readonly byte[] _keyThenValue;
    private readonly int _keyLength;

    private KeyRevision(byte[] keyThenValue, int keyLength, long createRevision, long modRevision, int sub, long version, long lease)
    {
        _keyThenValue = keyThenValue;
        _keyLength = keyLength;
        CreateRevision = createRevision;
        ModRevision = modRevision;
        Sub = sub;
        Version = version;
        Lease = lease;
    }

    public long CreateRevision { get; }

    public long ModRevision { get; }

    /// <summary>Place among the changes of its revision, from zero.</summary>
    public int Sub { get; }

    /// <summary>Writes since the key was created; zero marks a tombstone.</summary>
    public long Version { get; }

    public long Lease { get; }

    public bool IsTombstone => Version == 0;

    public ReadOnlySpan<byte> Key => _keyThenValue.AsSpan(0, _keyLength);

    public ReadOnlyMemory<byte> KeyMemory => _keyThenValue.AsMemory(0, _keyLength);

    public ReadOnlySpan<byte> Value => _keyThenValue.AsSpan(_keyLength);

    public ReadOnlyMemory<byte> ValueMemory => _keyThenValue.AsMemory(_keyLength);

    /// <summary>What it counts for in <see cref="StoreVersion.SizeBytes"/>.</summary>
    public int SizeBytes => _keyThenValue.Length + OverheadBytes;

    public override int Count => 1;

    public override KeyRevision this[int index] => this;

    /// <summary>A version of a key; the bytes are copied.</summary>
    public static KeyRevision Put(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long createRevision, long modRevision, int sub, long version, long lease)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(key.Length + value.Length);
        key.CopyTo(bytes);
        value.CopyTo(bytes.AsSpan(key.Length));
        return new KeyRevision(bytes, key.Length, createRevision, modRevision, sub, version, lease);
    }

    /// <summary>A version whose bytes are the caller's to give away.</summary>
    public static KeyRevision Adopt(
        byte[] keyThenValue, int keyLength, long createRevision, long modRevision, int sub, long version, long lease) =>
        new(keyThenValue, keyLength, createRevision, modRevision, sub, version, lease);

    /// <summary>The mark of a deletion. The key is copied, since sharing it would keep the deleted value in memory.</summary>
    public static KeyRevision Tombstone(ReadOnlySpan<byte> key, long modRevision, int sub) =>
        new(key.ToArray(), key.Length, 0, modRevision, sub, 0, 0);

    public KeyValueRecord ToRecord() => new(KeyMemory, ValueMemory, CreateRevision, ModRevision, Version, Lease);

    public KeyValueRecord ToRecordWithoutValue() => new(KeyMemory, default, CreateRevision, ModRevision, Version, Lease);

    public override KeyEntry With(KeyRevision newer) => KeyHistory.Of(this, newer);

    public override int FirstAtOrAfter(long revision) => ModRevision >= revision ? 0 : 1;
}
