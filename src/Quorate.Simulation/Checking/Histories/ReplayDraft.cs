using Google.Protobuf;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// One request's view of the keys while it is replayed: the state before it, what its answer has told of that state,
/// and what the request itself has changed so far.
/// </summary>
internal sealed class ReplayDraft
{
    private readonly List<KeyRecord> _told = [];
    private readonly List<KeyRecord> _changed = [];
    private IKeyValueView _before = null!;

    /// <summary>Keys whose revisions became known; at most one record a key.</summary>
    public IReadOnlyList<KeyRecord> Told => _told;

    /// <summary>Keys that the request put or deleted; at most one record a key.</summary>
    public IReadOnlyList<KeyRecord> Changed => _changed;

    public void Begin(IKeyValueView before)
    {
        _before = before;
        _told.Clear();
        _changed.Clear();
    }

    public void ForgetChanges() => _changed.Clear();

    public IKeyValueView? AtRevision(long revision) => _before.AtRevision(revision);

    public KeyRecord? FindBefore(ByteString key) => Find(_told, key) ?? _before.Find(key);

    public KeyRecord? Find(ByteString key) => Find(_changed, key) ?? FindBefore(key);

    public void SelectBefore(ByteString key, ByteString rangeEnd, List<KeyRecord> into)
    {
        into.Clear();
        _before.Select(key, rangeEnd, into);
        for (int i = 0; i < into.Count && _told.Count > 0; i++)
        {
            into[i] = Find(_told, into[i].Key) ?? into[i];
        }
    }

    public void Select(ByteString key, ByteString rangeEnd, List<KeyRecord> into)
    {
        SelectBefore(key, rangeEnd, into);
        if (_changed.Count == 0)
        {
            return;
        }

        into.RemoveAll(record => Find(_changed, record.Key) is not null);
        foreach (KeyRecord changed in _changed)
        {
            if (changed.IsPresent && KeySpan.Contains(key, rangeEnd, changed.Key))
            {
                into.Add(changed);
            }
        }

        into.Sort((one, other) => KeySpan.Compare(one.Key, other.Key));
    }

    public void Change(KeyRecord record) => Set(_changed, record);

    public void Tell(KeyRecord record) => Set(_told, record);

    private static KeyRecord? Find(List<KeyRecord> records, ByteString key)
    {
        for (int i = 0; i < records.Count; i++)
        {
            if (records[i].Key.Equals(key))
            {
                return records[i];
            }
        }

        return null;
    }

    private static void Set(List<KeyRecord> records, KeyRecord record)
    {
        for (int i = 0; i < records.Count; i++)
        {
            if (records[i].Key.Equals(record.Key))
            {
                records[i] = record;
                return;
            }
        }

        records.Add(record);
    }
}
