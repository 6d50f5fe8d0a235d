namespace Quorate.KeyValue.Tree;

/// <summary>Gives a key a new version, which continues the one before it unless that is a tombstone.</summary>
internal ref struct PutVersion(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long revision, int sub, long lease) : ISlotChange
{
    private readonly ReadOnlySpan<byte> _key = key;
    private readonly ReadOnlySpan<byte> _value = value;

    /// <summary>The entry of the key before it; null where there was none.</summary>
    public KeyEntry? Before { get; private set; }

    /// <summary>The version it replaced; null where the key was absent.</summary>
    public KeyRevision? Replaced { get; private set; }

    /// <summary>The version it made.</summary>
    public KeyRevision? Made { get; private set; }

    public KeyEntry Make(KeyEntry? before)
    {
        Before = before;
        Replaced = before?.Newest is { IsTombstone: false } live ? live : null;
        Made = KeyRevision.Put(
            _key, _value, Replaced?.CreateRevision ?? revision, revision, sub, (Replaced?.Version ?? 0) + 1, lease);
        return before is null ? Made : before.With(Made);
    }
}
