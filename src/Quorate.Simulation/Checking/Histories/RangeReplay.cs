using Quorate.Etcd.Protocol;
using SortOrder = Quorate.Etcd.Protocol.RangeRequest.Types.SortOrder;
using SortTarget = Quorate.Etcd.Protocol.RangeRequest.Types.SortTarget;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>Holds the answer to a range against the state.</summary>
internal sealed class RangeReplay(ReplayDraft draft)
{
    private readonly List<KeyRecord> _selected = [];
    private readonly List<KeyRecord> _expected = [];

    /// <summary>The revision in the answer's header: what it shows is not newer.</summary>
    public long HeaderRevision { get; set; }

    /// <summary>What is wrong with the answer. A range at an older revision that the state does not remember is not judged.</summary>
    public ReplayMismatch Check(RangeRequest request, RangeResponse response)
    {
        if (request.Revision > 0)
        {
            if (HeaderRevision != 0 && request.Revision > HeaderRevision)
            {
                return new ReplayMismatch("it read a revision that was not reached", null, null, HeaderRevision, request.Revision);
            }

            if (draft.AtRevision(request.Revision) is not { } then)
            {
                return default;
            }

            _selected.Clear();
            then.Select(request.Key, request.RangeEnd, _selected);
        }
        else
        {
            draft.Select(request.Key, request.RangeEnd, _selected);
        }

        if (response.Count != _selected.Count)
        {
            return new ReplayMismatch("count of keys", null, null, _selected.Count, response.Count);
        }

        return IsOrderKnown(request) ? CheckExactly(request, response) : CheckEach(request, response);
    }

    /// <summary>Whether an answer shows a record as it is; what it tells of revisions that were not known is noted.</summary>
    public bool Matches(KeyRecord expected, Etcd.Protocol.KeyValue actual, bool keysOnly)
    {
        bool isSame = actual.Key.Equals(expected.Key)
            && (keysOnly ? actual.Value.IsEmpty : actual.Value.Equals(expected.Value))
            && actual.Lease == expected.Lease
            && actual.Version == expected.Version
            && (expected.ModRevision == 0 || actual.ModRevision == expected.ModRevision)
            && (expected.CreateRevision == 0 || actual.CreateRevision == expected.CreateRevision);
        if (!isSame || (expected.ModRevision != 0 && expected.CreateRevision != 0))
        {
            return isSame;
        }

        // The first put creates the key; every later one is younger than that, and than whatever was there before.
        bool isPossible = actual.ModRevision > expected.RevisionAbove
            && (HeaderRevision == 0 || actual.ModRevision <= HeaderRevision)
            && (actual.Version == 1 ? actual.CreateRevision == actual.ModRevision : actual.CreateRevision < actual.ModRevision)
            && actual.CreateRevision > 0;
        if (isPossible)
        {
            draft.Tell(expected.WithRevisions(actual.CreateRevision, actual.ModRevision));
        }

        return isPossible;
    }

    private ReplayMismatch CheckExactly(RangeRequest request, RangeResponse response)
    {
        _expected.Clear();
        if (!request.CountOnly)
        {
            _expected.AddRange(_selected.Where(record => Passes(request, record)));
            Sort(request);
        }

        int matching = _expected.Count;
        if (request.Limit > 0 && matching > request.Limit)
        {
            _expected.RemoveRange((int)request.Limit, matching - (int)request.Limit);
        }

        for (int i = 0; i < Math.Max(_expected.Count, response.Kvs.Count); i++)
        {
            KeyRecord? expected = i < _expected.Count ? _expected[i] : null;
            Etcd.Protocol.KeyValue? actual = i < response.Kvs.Count ? response.Kvs[i] : null;
            if (expected is null || actual is null || !Matches(expected, actual, request.KeysOnly))
            {
                return new ReplayMismatch("a record of a range", expected, actual);
            }
        }

        return response.More == matching > _expected.Count
            ? default
            : new ReplayMismatch(response.More ? "it says that there is more, and there is not" : "it does not say that there is more", null, null);
    }

    /// <summary>Which records and in what order hangs on revisions that are not known: each one shown must be there.</summary>
    private ReplayMismatch CheckEach(RangeRequest request, RangeResponse response)
    {
        foreach (Etcd.Protocol.KeyValue actual in response.Kvs)
        {
            KeyRecord? expected = _selected.Find(record => record.Key.Equals(actual.Key));
            if (expected is null || !Matches(expected, actual, request.KeysOnly))
            {
                return new ReplayMismatch("a record of a range", expected, actual);
            }
        }

        return default;
    }

    private bool IsOrderKnown(RangeRequest request)
    {
        bool asksForRevisions = request.SortTarget is SortTarget.Create or SortTarget.Mod
            || request.MinModRevision != 0 || request.MaxModRevision != 0
            || request.MinCreateRevision != 0 || request.MaxCreateRevision != 0;
        return !asksForRevisions || _selected.TrueForAll(record => record.ModRevision != 0 && record.CreateRevision != 0);
    }

    /// <summary>Ties are in order of key, whichever the direction.</summary>
    private void Sort(RangeRequest request)
    {
        bool descends = request.SortOrder == SortOrder.Descend;
        if (request.SortTarget == SortTarget.Key)
        {
            if (descends)
            {
                _expected.Reverse();
            }

            return;
        }

        _expected.Sort((one, other) =>
        {
            int order = request.SortTarget switch
            {
                SortTarget.Version => one.Version.CompareTo(other.Version),
                SortTarget.Create => one.CreateRevision.CompareTo(other.CreateRevision),
                SortTarget.Mod => one.ModRevision.CompareTo(other.ModRevision),
                _ => KeySpan.Compare(one.Value, other.Value),
            };
            return order == 0 ? KeySpan.Compare(one.Key, other.Key) : descends ? -order : order;
        });
    }

    private static bool Passes(RangeRequest request, KeyRecord record) =>
        (request.MinModRevision == 0 || record.ModRevision >= request.MinModRevision)
        && (request.MaxModRevision == 0 || record.ModRevision <= request.MaxModRevision)
        && (request.MinCreateRevision == 0 || record.CreateRevision >= request.MinCreateRevision)
        && (request.MaxCreateRevision == 0 || record.CreateRevision <= request.MaxCreateRevision);
}
