using System.Runtime.InteropServices;
using Quorate.KeyValue.Events;
using Quorate.KeyValue.Records;

namespace Quorate.KeyValue.Snapshots;

/// <summary>Builds the log of changes from versions that come in order of key.</summary>
internal sealed class EventLogBuilder(RecordSlabs records)
{
    private readonly List<long> _revisions = [];
    private readonly List<Change> _changes = [];

    /// <summary>Keys that were written in ascending order come in the order of their changes.</summary>
    private bool _isInOrder = true;

    /// <summary>Adds a change, with the version that it replaced, if that is still held.</summary>
    public void Add(RecordHandle written, RecordHandle replaced)
    {
        KeyRevision change = records.View[written];
        _isInOrder = _isInOrder && (_changes.Count == 0 || IsAfter(_revisions[^1], _changes[^1].Sub, change));
        _revisions.Add(change.ModRevision);
        _changes.Add(new Change(written, replaced, change.Sub));
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

        var log = new EventLog(records);
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
                ofRevision.Sort(static (x, y) => x.Sub.CompareTo(y.Sub));
            }

            for (int i = 0; i < ofRevision.Length; i++)
            {
                if (ofRevision[i].Sub != i)
                {
                    return null;
                }

                log.Append(ofRevision[i].Written, ofRevision[i].Replaced);
            }

            first = end;
        }

        return log;
    }

    private static bool IsAfter(long olderModRevision, int olderSub, KeyRevision newer) =>
        newer.ModRevision > olderModRevision || (newer.ModRevision == olderModRevision && newer.Sub > olderSub);

    private readonly record struct Change(RecordHandle Written, RecordHandle Replaced, int Sub);
}
