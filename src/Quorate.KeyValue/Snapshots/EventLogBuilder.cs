using System.Runtime.InteropServices;
using Quorate.KeyValue.Events;

namespace Quorate.KeyValue.Snapshots;

/// <summary>Builds the log of changes from versions that come in order of key.</summary>
internal sealed class EventLogBuilder
{
    private readonly List<long> _revisions = [];
    private readonly List<Change> _changes = [];

    /// <summary>Keys that were written in ascending order come in the order of their changes.</summary>
    private bool _isInOrder = true;

    /// <summary>Adds a change, with the version that it replaced, if that is still held.</summary>
    public void Add(KeyRevision change, KeyRevision? replaced)
    {
        _isInOrder = _isInOrder && (_changes.Count == 0 || IsAfter(_changes[^1].Written, change));
        _revisions.Add(change.ModRevision);
        _changes.Add(new Change(change, replaced));
    }

    /// <summary>The log; null where the changes of a revision are not numbered from zero without a gap.</summary>
    public EventLog? Build()
    {
        Span<long> revisions = CollectionsMarshal.AsSpan(_revisions);
        Span<Change> changes = CollectionsMarshal.AsSpan(_changes);
        if (!_isInOrder)
        {
            // Sorting by plain numbers first is several times faster than by a comparison of both fields.
            revisions.Sort(changes);
        }

        var log = new EventLog();
        for (int first = 0; first < changes.Length;)
        {
            int end = first + 1;
            while (end < changes.Length && revisions[end] == revisions[first])
            {
                end++;
            }

            Span<Change> ofRevision = changes[first..end];
            if (!_isInOrder && ofRevision.Length > 1)
            {
                ofRevision.Sort(static (x, y) => x.Written.Sub.CompareTo(y.Written.Sub));
            }

            for (int i = 0; i < ofRevision.Length; i++)
            {
                if (ofRevision[i].Written.Sub != i)
                {
                    return null;
                }

                log.Append(ofRevision[i].Written, ofRevision[i].Replaced);
            }

            first = end;
        }

        return log;
    }

    private static bool IsAfter(KeyRevision older, KeyRevision newer) =>
        newer.ModRevision > older.ModRevision || (newer.ModRevision == older.ModRevision && newer.Sub > older.Sub);

    private readonly record struct Change(KeyRevision Written, KeyRevision? Replaced);
}
