using Google.Protobuf;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>Every version of every key, as the changes known so far make them; the last revisions can be taken back.</summary>
/// <param name="keys">All keys that ever occur, in order.</param>
internal sealed class RevisionTimeline(ByteString[] keys)
{
    /// <summary>The revision of a store that nothing was written to, as etcd's.</summary>
    public const long FirstRevision = 1;

    private readonly List<KeyRecord>[] _versions = [.. keys.Select(_ => new List<KeyRecord>())];
    private readonly List<(long Revision, int Place)> _changes = [];

    /// <summary>All keys as of a revision, which must have been added.</summary>
    public IKeyValueView At(long revision) => new View(this, revision);

    /// <summary>Adds the changes of the next revision.</summary>
    public void Add(long revision, IReadOnlyList<KeyRecord> changes)
    {
        for (int i = 0; i < changes.Count; i++)
        {
            int place = KeySpan.FirstNotBelow(keys, changes[i].Key);
            _versions[place].Add(changes[i]);
            _changes.Add((revision, place));
        }
    }

    /// <summary>Takes back a revision and all after it.</summary>
    public void TakeBackFrom(long revision)
    {
        while (_changes.Count > 0 && _changes[^1].Revision >= revision)
        {
            List<KeyRecord> versions = _versions[_changes[^1].Place];
            versions.RemoveAt(versions.Count - 1);
            _changes.RemoveAt(_changes.Count - 1);
        }
    }

    private KeyRecord? Find(int place, long revision)
    {
        List<KeyRecord> versions = _versions[place];
        int low = 0;
        int high = versions.Count;

        // Most reads are of the present.
        if (high > 0 && versions[^1].ModRevision <= revision)
        {
            return versions[^1];
        }

        while (low < high)
        {
            int middle = (low + high) / 2;
            if (versions[middle].ModRevision <= revision)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low > 0 ? versions[low - 1] : null;
    }

    private sealed class View(RevisionTimeline timeline, long revision) : IKeyValueView
    {
        public KeyRecord? Find(ByteString key)
        {
            (int from, int to) = KeySpan.Places(timeline.Keys, key, ByteString.Empty);
            return from < to ? timeline.Find(from, revision) : null;
        }

        public void Select(ByteString key, ByteString rangeEnd, List<KeyRecord> into)
        {
            (int from, int to) = KeySpan.Places(timeline.Keys, key, rangeEnd);
            for (int i = from; i < to; i++)
            {
                if (timeline.Find(i, revision) is { IsPresent: true } record)
                {
                    into.Add(record);
                }
            }
        }

        public IKeyValueView? AtRevision(long older) => older <= revision ? new View(timeline, older) : null;
    }

    private ByteString[] Keys => keys;
}
