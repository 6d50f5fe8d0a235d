using Quorate.KeyValue.Records;
using Quorate.KeyValue.Tree;

namespace Quorate.KeyValue.Garbage;

/// <summary>
/// Empties slabs that are mostly free: what is left in them is written again at the end, so that the slab can go. At most one
/// byte is moved for each that is freed.
/// </summary>
/// <remarks>
/// Only a version that is alone and older than the compact revision is moved: the tree's slot is then all that refers to
/// it. Others keep their slab until a later compaction leaves them alone.
/// </remarks>
internal sealed class SlabCleaner(KeyTree tree, RecordSlabs records)
{
    private readonly Queue<int> _sparse = new();
    private int _offset;

    /// <summary>Looks for slabs to be emptied.</summary>
    public void Begin()
    {
        _sparse.Clear();
        _offset = 0;
        records.AddSparse(_sparse);
    }

    /// <summary>Goes on; returns whether there is more to do.</summary>
    /// <param name="compactRevision">The compact revision.</param>
    /// <param name="recordsMax">Most records looked at.</param>
    public bool Step(long compactRevision, int recordsMax)
    {
        for (int left = recordsMax; _sparse.TryPeek(out int slab); left--)
        {
            if (left <= 0)
            {
                return true;
            }

            RecordHandle handle = records.RecordAt(slab, _offset);
            if (handle.IsNone)
            {
                _sparse.Dequeue();
                _offset = 0;
                continue;
            }

            KeyRevision version = records.View[handle];
            _offset += version.RecordBytes;
            if (version.ModRevision < compactRevision
                && TreeReader.Find(tree.View, version.Key) is { } entry && entry.Handle == handle)
            {
                tree.Set(version.Key, records.Append(version.Key, version.Value, version.Fields, older: default, compactRevision));
                records.Free(handle);
            }
        }

        return false;
    }
}
