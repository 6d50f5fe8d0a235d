using Quorate.KeyValue.Tree;

namespace Quorate.KeyValue.Tests.Model;

/// <summary>Random operations on a store and its twin, compared after each.</summary>
internal sealed class ModelRun
{
    private const int HeldMax = 8;

    private readonly Random _random;
    private readonly int _keys;

    /// <summary>Nobody reads for long stretches, so that nodes of the tree serve again.</summary>
    private readonly bool _readsRarely;
    private readonly StoreModel _model = new();
    private readonly List<(StoreVersion Version, byte[] Snapshot)> _held = [];
    private KeyValueStore _store = new();

    public ModelRun(int seed, int keys)
    {
        _random = new Random(seed);
        _keys = keys;
        _readsRarely = seed % 2 == 1;
    }

    public void Run(int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            Step();
        }

        foreach ((StoreVersion version, byte[] snapshot) in _held)
        {
            version.Snapshot().ShouldBe(snapshot);
        }
    }

    private void Step()
    {
        switch (_readsRarely && _random.Next(20) != 0 ? _random.Next(7, 17) : _random.Next(20))
        {
            case < 8:
            case < 14 when _readsRarely && _random.Next(20) != 0:
                Write();
                break;
            case < 14:
                CompareRange(_store.Current, null);
                break;
            case 14:
                CompareEvents(_store.History);
                break;
            case 15:
                Compact();
                break;
            case 16:
                _store.CollectGarbage(_random.Next(1, 40));
                break;
            case 17:
                Hold();
                break;
            case 18 when _held.Count > 0:
                StoreVersion held = _held[_random.Next(_held.Count)].Version;
                CompareRange(held, null);
                CompareEvents(held);
                break;
            case 19 when _random.Next(4) == 0:
                Reload();
                break;
        }
    }

    private void Write()
    {
        using WriteTransaction transaction = _store.Begin();
        int changes = _random.Next(4) == 0 ? _random.Next(0, 30) : 1;
        for (int i = 0; i < changes; i++)
        {
            Change(transaction);
            if (_random.Next(10) == 0)
            {
                CompareRange(null, transaction);
            }
        }

        transaction.Revision.ShouldBe(_model.RevisionInTransaction);
        transaction.HasChanges.ShouldBe(_model.OpenChanges > 0);
        switch (_random.Next(8))
        {
            case 0:
                transaction.Dispose();
                _model.Rollback();
                break;
            case 1:
                _store.Begin().Dispose();
                _model.Rollback();
                break;
            case 2:
                long shown = _store.History.Revision;
                transaction.CommitUnpublished();
                _model.Commit();
                _store.History.Revision.ShouldBe(shown);
                if (_random.Next(2) == 0)
                {
                    Write();
                }

                _store.Publish();
                break;
            default:
                transaction.CommitUnpublished();
                _store.Publish();
                _model.Commit();
                break;
        }

        _store.Publish();
        CompareNumbers(_store.History);
    }

    private void Change(WriteTransaction transaction)
    {
        if (_random.Next(3) != 0)
        {
            string key = RandomKey();
            string value = new('v', _random.Next(1, 4));
            long lease = _random.Next(3);
            KeyValueRecord? got = transaction.Get(Bytes.Of(key));
            KeyValueRecord? replaced = transaction.Put(Bytes.Of(key), Bytes.Of(value), lease);
            Same(replaced, _model.At(key, long.MaxValue));
            Same(got, _model.At(key, long.MaxValue));
            _model.Put(key, value, lease);
        }
        else
        {
            (KeyRange keys, Func<string, bool> contains) = _random.Next(2) == 0 ? RandomSingle() : RandomRange();
            IReadOnlyList<KeyValueRecord> deleted = transaction.Delete(keys);
            Same(deleted, _model.Delete(contains), keysOnly: false);
        }
    }

    private void CompareNumbers(StoreHistory version)
    {
        version.Revision.ShouldBe(_model.Revision);
        version.CompactRevision.ShouldBe(_model.CompactRevision);
        version.KeyCount.ShouldBe(_model.Present(_ => true, _model.Revision).Count);
        version.SizeBytes.ShouldBe(_model.Kept(_model.Revision, _model.CompactRevision)
            .Sum(kept => (long)kept.Key.Length + kept.Value.Length + KeyRevision.OverheadBytes));
    }

    /// <summary>Of a version, or else of an open transaction.</summary>
    private void CompareRange(StoreVersion? version, WriteTransaction? transaction)
    {
        (KeyRange keys, Func<string, bool> contains) = _random.Next(5) == 0 ? RandomSingle() : RandomRange();
        long present = transaction?.Revision ?? version!.Revision;
        long oldest = transaction is null ? version!.CompactRevision : _model.CompactRevision;
        var query = new RangeQuery
        {
            Keys = keys,
            Revision = _random.Next(2) == 0 ? 0 : RandomRevision(oldest, present),
            Limit = _random.Next(2) == 0 ? 0 : _random.Next(1, 8),
            SortTarget = (SortTarget)_random.Next(5),
            SortOrder = (SortOrder)_random.Next(3),
            KeysOnly = _random.Next(4) == 0,
            CountOnly = _random.Next(6) == 0,
            MinModRevision = RandomBound(present),
            MaxModRevision = RandomBound(present),
            MinCreateRevision = RandomBound(present),
            MaxCreateRevision = RandomBound(present),
        };
        RangeResult actual = transaction is null ? version!.Range(query) : transaction.Range(query);
        (List<ModelVersion> records, long count, bool more) = _model.Range(query, contains, present);
        actual.Count.ShouldBe(count);
        actual.More.ShouldBe(more);
        Same(actual.Records, records, query.KeysOnly);
    }

    private void CompareEvents(StoreHistory version)
    {
        (KeyRange keys, Func<string, bool> contains) = RandomRange();
        long from = RandomRevision(version.CompactRevision, version.Revision);
        long to = RandomRevision(from, version.Revision);
        List<KeyValueEvent> actual = [.. version.Events(from, to, keys)];
        List<ModelVersion> expected = _model.Events(contains, from, to);
        actual.Count.ShouldBe(expected.Count);
        for (int i = 0; i < actual.Count; i++)
        {
            actual[i].Sub.ShouldBe(expected[i].Sub);
            (actual[i].Kind == KeyValueEventKind.Delete).ShouldBe(expected[i].IsTombstone);
            Same(actual[i].Record, expected[i]);
            long before = expected[i].Mod - 1;
            ModelVersion? previous = before < version.CompactRevision || expected[i].Version == 1 ? null : _model.At(expected[i].Key, before);
            long position = version.Changes.FirstAtOrAfter(actual[i].Revision) + actual[i].Sub;
            Same(version.Previous(version.Changes[position]), previous);
            if (_random.Next(8) == 0 && version.TryHold() is { } held)
            {
                Same(held.Previous(actual[i]), previous);
            }
        }

        if (version.CompactRevision > 0)
        {
            Should.Throw<RevisionCompactedException>(() => version.Events(version.CompactRevision - 1, to, keys));
        }
    }

    private void Compact()
    {
        long revision = _random.NextInt64(Math.Max(0, _model.CompactRevision), _model.Revision + 2);
        if (revision > _model.Revision)
        {
            Should.Throw<FutureRevisionException>(() => _store.Compact(revision));
        }
        else if (revision <= _model.CompactRevision)
        {
            Should.Throw<RevisionCompactedException>(() => _store.Compact(revision));
        }
        else
        {
            _store.Compact(revision);
            _model.Compact(revision);
        }

        CompareNumbers(_store.History);
    }

    private void Hold()
    {
        if (_held.Count == HeldMax)
        {
            (StoreVersion version, byte[] snapshot) = _held[0];
            version.Snapshot().ShouldBe(snapshot);
            _held.RemoveAt(0);
        }

        _held.Add((_store.Current, _store.Current.Snapshot()));
    }

    /// <summary>Goes on with a store loaded from a snapshot, which must be like one whose garbage is all collected.</summary>
    private void Reload()
    {
        byte[] snapshot = _store.Current.Snapshot();
        uint hash = _store.Current.Hash(0);
        KeyValueStore loaded = Bytes.Reload(snapshot);
        while (_store.CollectGarbage(7))
        {
        }

        _store.HasGarbage.ShouldBeFalse();
        NothingButWhatIsKept(_store);
        _store.Current.Snapshot().ShouldBe(snapshot);
        _store.Current.Hash(0).ShouldBe(hash);
        loaded.Current.Snapshot().ShouldBe(snapshot);
        loaded.Current.Hash(0).ShouldBe(hash);
        CompareNumbers(loaded.Current);
        CompareEvents(loaded.Current);
        _store = loaded;
    }

    private static void NothingButWhatIsKept(KeyValueStore store)
    {
        var cursor = new TreeCursor(store.Current.Tree, Bytes.All);
        int keys = 0;
        while (cursor.NextEntry() is not null)
        {
            keys++;
        }

        int keysKept = 0;
        long bytesKept = 0;
        var kept = new KeptVersions(store.Current.Tree, store.Current.CompactRevision);
        for (; kept.NextKey(out int versions); keysKept++)
        {
            for (int i = 0; i < versions; i++)
            {
                bytesKept += kept.NextVersion().RecordBytes;
            }
        }

        keysKept.ShouldBe(keys);
        store.LiveRecordBytes.ShouldBe(bytesKept);
    }

    private static void Same(IReadOnlyList<KeyValueRecord> actual, List<ModelVersion> expected, bool keysOnly)
    {
        actual.Count.ShouldBe(expected.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            Same(actual[i], keysOnly ? expected[i] with { Value = "" } : expected[i]);
        }
    }

    private static void Same(KeyValueRecord? actual, ModelVersion? expected)
    {
        if (expected is null || actual is not { } record)
        {
            (actual is null).ShouldBe(expected is null);
            return;
        }

        Bytes.Text(record.Key).ShouldBe(expected.Key);
        Bytes.Text(record.Value).ShouldBe(expected.Value);
        record.CreateRevision.ShouldBe(expected.Create);
        record.ModRevision.ShouldBe(expected.Mod);
        record.Version.ShouldBe(expected.Version);
        record.Lease.ShouldBe(expected.Lease);
    }

    private string RandomKey() => "k" + _random.Next(_keys);

    private (KeyRange Keys, Func<string, bool> Contains) RandomSingle()
    {
        string key = RandomKey();
        return (Bytes.Key(key), other => other == key);
    }

    private (KeyRange Keys, Func<string, bool> Contains) RandomRange()
    {
        string start = RandomKey();
        string end = RandomKey();
        return _random.Next(6) switch
        {
            0 => (Bytes.All, _ => true),
            1 => (KeyRange.From(Bytes.Of(start)), key => string.CompareOrdinal(key, start) >= 0),

            // As often reversed as not: a reversed range holds nothing.
            _ => (Bytes.Range(start, end), key => string.CompareOrdinal(key, start) >= 0 && string.CompareOrdinal(key, end) < 0),
        };
    }

    private long RandomRevision(long oldest, long newest) => _random.NextInt64(Math.Max(1, oldest), newest + 1);

    private long RandomBound(long present) => _random.Next(6) == 0 ? _random.NextInt64(1, present + 1) : 0;
}
