namespace Quorate.KeyValue;

/// <summary>
/// A write under way. Reads inside it see its own changes. Its revision is one above the present if it changes
/// anything; a transaction that changes nothing uses up no revision.
/// </summary>
public sealed class WriteTransaction
{
    internal WriteTransaction()
    {
    }

    /// <summary>The revision that a read inside now reflects: the present one until something is changed.</summary>
    public long Revision => throw new NotImplementedException();

    /// <summary>Whether anything was changed.</summary>
    public bool HasChanges => throw new NotImplementedException();

    /// <summary>Reads a range, with this transaction's own changes.</summary>
    public RangeResult Range(RangeQuery query) => throw new NotImplementedException();

    /// <summary>Reads one key, with this transaction's own changes; null when it is absent.</summary>
    public KeyValueRecord? Get(ReadOnlyMemory<byte> key) => throw new NotImplementedException();

    /// <summary>Writes a key; returns the version it replaces, if any. The bytes are copied.</summary>
    public KeyValueRecord? Put(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, long lease) => throw new NotImplementedException();

    /// <summary>Deletes the keys of a range; returns what was deleted, in order of key.</summary>
    public IReadOnlyList<KeyValueRecord> Delete(KeyRange keys) => throw new NotImplementedException();

    /// <summary>Publishes the changes and returns the version that holds them.</summary>
    public StoreVersion Commit() => throw new NotImplementedException();
}
