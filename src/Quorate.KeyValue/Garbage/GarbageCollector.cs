using Quorate.KeyValue.Events;
using Quorate.KeyValue.Records;
using Quorate.KeyValue.Tree;

namespace Quorate.KeyValue.Garbage;

/// <summary>
/// Frees what compactions left over, in steps: first the versions that they dropped, by following the log of changes, then
/// what is left of slabs that became mostly free is moved together. Changes nothing that can be seen.
/// </summary>
internal sealed class GarbageCollector(KeyTree tree, RecordSlabs records, EventLog events)
{
    private readonly SlabCleaner _cleaner = new(tree, records);

    /// <summary>The position of the next change that is looked at.</summary>
    private long _next;

    /// <summary>Up to here, what changes replaced has been freed.</summary>
    private long _replacedFreedEnd;

    private bool _isCleaning;

    /// <summary>Whether there is anything to do.</summary>
    public bool HasGarbage { get; private set; }

    /// <summary>There was a compaction.</summary>
    /// <param name="before">The compact revision before it.</param>
    public void Compacted(long before)
    {
        // Changes of the last compact revision were visited for what they replaced, but are kept until now.
        _next = Math.Min(_next, events.View.FirstAtOrAfter(before));
        _isCleaning = false;
        HasGarbage = true;
    }

    /// <summary>Does some of the work.</summary>
    /// <param name="compactRevision">The compact revision.</param>
    /// <param name="recordsMax">Most records looked at.</param>
    public void Step(long compactRevision, int recordsMax)
    {
        int left = recordsMax;
        if (!_isCleaning)
        {
            // Everything that a compaction drops was replaced or deleted by a change at or before its revision.
            EventLogView changes = events.View;
            long end = changes.FirstAtOrAfter(compactRevision + 1);
            for (; _next < end && left > 0; _next++, left--)
            {
                Visit(changes, compactRevision);
            }

            if (_next < end)
            {
                return;
            }

            events.DropBefore(changes.FirstAtOrAfter(compactRevision));
            _cleaner.Begin();
            _isCleaning = true;
        }

        if (_cleaner.Step(compactRevision, left))
        {
            return;
        }

        // Not before: until now the log still referred to what was freed, and searches in it look at that.
        records.ReleaseEmpty();
        _isCleaning = false;
        HasGarbage = false;
    }

    private void Visit(EventLogView changes, long compactRevision)
    {
        RecordHandle handle = changes.HandleAt(_next);
        KeyRevision change = changes[_next];

        // Before the first version of a key comes nothing or a tombstone, which is freed as a change of its own.
        bool replaces = change.HasOlder && change.Version != 1;
        bool replacesOwn = replaces && change.Older.OlderModRevision == change.ModRevision;
        if (_next >= _replacedFreedEnd)
        {
            _replacedFreedEnd = _next + 1;
            if (replaces && !replacesOwn)
            {
                records.Free(change.Older.Older);
            }
        }

        if (change.ModRevision == compactRevision)
        {
            return;
        }

        if (replacesOwn)
        {
            records.Free(change.Older.Older);
        }

        if (change.IsTombstone)
        {
            if (TreeReader.Find(tree.View, change.Key) is { } entry && entry.Handle == handle)
            {
                tree.Remove(change.Key);
            }

            records.Free(handle);
        }
    }
}
