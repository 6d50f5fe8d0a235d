using Quorate.KeyValue.Records;
using Quorate.KeyValue.Tree;

namespace Quorate.KeyValue;

/// <summary>
/// Walks all versions that a compaction keeps, in order of key and age, some keys at a time.
/// </summary>
/// <remarks>
/// A version stands anywhere in memory, and where the one before it stands is written in it. So who goes back through one key after
/// the other waits for memory at each version. Here the keys of a group go back side by side, each version is asked for
/// long before it is read, and memory brings many at once: a walk through sixty versions of each key takes a third of the time.
/// </remarks>
internal sealed class KeptVersions(TreeView tree, long compactRevision)
{
    /// <summary>Keys that go back side by side: as many as a leaf can hold.</summary>
    private const int GroupKeysMax = TreeNode.SlotsMax;

    /// <summary>Beyond so many versions, half of the group's keys are left to the next group; of one key all are held.</summary>
    private const int GroupVersionsMax = 1 << 16;

    private readonly RecordView _records = tree.Records;

    /// <summary>The newest versions of the group's keys, and behind them of those that were left to the next.</summary>
    private readonly RecordHandle[] _newest = new RecordHandle[GroupKeysMax];
    private readonly RecordHandle[] _back = new RecordHandle[GroupKeysMax];
    private readonly int[] _counts = new int[GroupKeysMax];

    /// <summary>What was met on the way back: the newest versions of all keys, then those before them, and so on.</summary>
    private readonly List<(RecordHandle Version, int Key)> _met = [];

    private RecordHandle[] _ordered = [];
    private TreeCursor _cursor = new(tree, KeyRange.From(default));
    private int _orderedCount;
    private int _next;

    private int _keysTaken;

    /// <summary>Those of the group, of which a version is kept or not.</summary>
    private int _groupKeys;
    private int _key; // of the group

    /// <summary>Goes on to the next key of which a version is kept; false behind the last.</summary>
    /// <param name="versions">How many are: <see cref="NextVersion"/> gives them, and must have given all of the key before.</param>
    public bool NextKey(out int versions)
    {
        do
        {
            while (_key < _groupKeys)
            {
                versions = _counts[_key++];
                if (versions > 0)
                {
                    return true;
                }
            }
        }
        while (NextGroup());

        versions = 0;
        return false;
    }

    /// <summary>The key's next version, the oldest first.</summary>
    public KeyRevision NextVersion()
    {
        if (_next + RecordView.WalkAhead < _orderedCount)
        {
            _records.PrefetchAll(_ordered[_next + RecordView.WalkAhead]);
        }

        return _records[_ordered[_next++]];
    }

    private bool NextGroup()
    {
        TakeKeys();
        GoBack();
        PutInOrder();
        _key = 0;
        _next = 0;
        return _groupKeys > 0;
    }

    private void TakeKeys()
    {
        _newest.AsSpan(_groupKeys.._keysTaken).CopyTo(_newest);
        _keysTaken -= _groupKeys;
        while (_keysTaken < GroupKeysMax && _cursor.NextEntry() is { } entry)
        {
            _newest[_keysTaken++] = entry.Handle;
            _records.Prefetch(entry.Handle);
        }

        _groupKeys = _keysTaken;
    }

    /// <summary>Meets the versions of all keys of the group, each round one of every key that has one left.</summary>
    private void GoBack()
    {
        _met.Clear();
        _counts.AsSpan().Clear();
        for (int key = 0; key < _groupKeys; key++)
        {
            _back[key] = _records[_newest[key]].IsKept(compactRevision) ? _newest[key] : default;
        }

        while (MeetOneOfEach())
        {
            while (_met.Count > GroupVersionsMax && _groupKeys > 1)
            {
                _groupKeys /= 2;
                _met.RemoveAll(met => met.Key >= _groupKeys);
            }
        }
    }

    /// <summary>Whether there is one left of any.</summary>
    private bool MeetOneOfEach()
    {
        bool isOneLeft = false;
        for (int key = 0; key < _groupKeys; key++)
        {
            RecordHandle handle = _back[key];
            if (handle.IsNone)
            {
                continue;
            }

            _met.Add((handle, key));
            _counts[key]++;
            KeyRevision version = _records[handle];
            if (version.KeepsOlder(compactRevision))
            {
                RecordHandle older = version.Older.Older;
                _records.Prefetch(older);
                _back[key] = older;
                isOneLeft = true;
            }
            else
            {
                _back[key] = default;
            }
        }

        return isOneLeft;
    }

    /// <summary>Key after key, and the versions of each from the oldest on.</summary>
    private void PutInOrder()
    {
        _orderedCount = _met.Count;
        if (_ordered.Length < _orderedCount)
        {
            _ordered = new RecordHandle[Math.Max(_orderedCount, 2 * _ordered.Length)];
        }

        // Of each key the newest was met first, and has the last place.
        Span<int> places = stackalloc int[GroupKeysMax];
        int end = 0;
        for (int key = 0; key < _groupKeys; key++)
        {
            end += _counts[key];
            places[key] = end;
        }

        foreach ((RecordHandle version, int key) in _met)
        {
            _ordered[--places[key]] = version;
        }
    }
}
