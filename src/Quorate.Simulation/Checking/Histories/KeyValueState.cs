using Google.Protobuf;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>The keys of one part of a history, as <see cref="KeyValueModel"/> believes they are. It never changes.</summary>
public sealed class KeyValueState : IKeyValueView
{
    private readonly ByteString[] _keys;
    private readonly KeyRecord?[] _records;

    internal KeyValueState(ByteString[] keys)
        : this(keys, new KeyRecord?[keys.Length], 0)
    {
    }

    private KeyValueState(ByteString[] keys, KeyRecord?[] records, ulong hash)
    {
        _keys = keys;
        _records = records;
        Hash = hash;
    }

    /// <summary>Of the contents only.</summary>
    internal ulong Hash { get; }

    KeyRecord? IKeyValueView.Find(ByteString key) => PlaceOf(key) is >= 0 and var place ? _records[place] : null;

    void IKeyValueView.Select(ByteString key, ByteString rangeEnd, List<KeyRecord> into)
    {
        (int from, int to) = KeySpan.Places(_keys, key, rangeEnd);
        for (int i = from; i < to; i++)
        {
            if (_records[i] is { IsPresent: true } record)
            {
                into.Add(record);
            }
        }
    }

    IKeyValueView? IKeyValueView.AtRevision(long revision) => null;

    internal KeyValueState With(IReadOnlyList<KeyRecord> told, IReadOnlyList<KeyRecord> changed)
    {
        if (told.Count + changed.Count == 0)
        {
            return this;
        }

        KeyRecord?[] records = [.. _records];
        ulong hash = Hash;
        Replace(records, told, ref hash);
        Replace(records, changed, ref hash);
        return new KeyValueState(_keys, records, hash);
    }

    internal bool IsEqualTo(KeyValueState other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (Hash != other.Hash)
        {
            return false;
        }

        for (int i = 0; i < _records.Length; i++)
        {
            KeyRecord? one = _records[i];
            KeyRecord? another = other._records[i];
            if (!ReferenceEquals(one, another) && (one is null || another is null || !one.Equals(another)))
            {
                return false;
            }
        }

        return true;
    }

    private void Replace(KeyRecord?[] records, IReadOnlyList<KeyRecord> replacements, ref ulong hash)
    {
        for (int i = 0; i < replacements.Count; i++)
        {
            int place = PlaceOf(replacements[i].Key);
            hash ^= (records[place]?.Hash ?? 0) ^ replacements[i].Hash;
            records[place] = replacements[i];
        }
    }

    private int PlaceOf(ByteString key)
    {
        int place = KeySpan.FirstNotBelow(_keys, key);
        return place < _keys.Length && _keys[place].Equals(key) ? place : -1;
    }
}
