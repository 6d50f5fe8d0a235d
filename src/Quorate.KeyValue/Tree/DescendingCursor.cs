using Quorate.KeyValue.Records;

namespace Quorate.KeyValue.Tree;

/// <summary>Walks entries from the last key to the first, without allocating. The tree must not change meanwhile.</summary>
internal struct DescendingCursor : ITreeCursor
{
    private readonly RecordView _records;
    private readonly ReadOnlyMemory<byte> _start;
    private TreePath _path;
    private LeafNode? _leaf;

    /// <summary>Index after the entry that comes next.</summary>
    private int _next;

    /// <summary>Index of the last entry of this leaf that belongs to the range.</summary>
    private int _stop;

    /// <summary>Stands behind the last entry of a range that has an end, or none.</summary>
    public DescendingCursor(TreeView tree, in KeyRange keys)
    {
        _records = tree.Records;
        ReadOnlyMemory<byte> end = keys.End ?? throw new ArgumentException("One key has no direction.", nameof(keys));
        _start = keys.Start;
        TreeNode node = tree.Root;
        while (node is InnerNode inner)
        {
            int index = end.IsEmpty ? inner.Count - 1 : inner.ChildFor(end.Span);
            _path.Push(inner, index);
            node = inner.Children[index];
        }

        var leaf = (LeafNode)node;
        Enter(leaf, end.IsEmpty ? leaf.Count : leaf.LowerBound(_records, end.Span));
    }

    public KeyEntry? NextEntry()
    {
        while (_leaf is not null)
        {
            if (_next > _stop)
            {
                return new KeyEntry(_records, _leaf.Entries[--_next]);
            }

            NextLeaf();
        }

        return null;
    }

    public KeyRevision? NextLive()
    {
        while (_leaf is not null)
        {
            _next = _leaf.LastLiveBefore(_next);
            if (_next >= _stop)
            {
                if (_next - RecordView.WalkAhead >= _stop)
                {
                    _records.PrefetchAll(_leaf.Entries[_next - RecordView.WalkAhead]);
                }

                return _records[_leaf.Entries[_next]];
            }

            NextLeaf();
        }

        return null;
    }

    private void NextLeaf()
    {
        // A leaf cut short by the start of the range is the last one.
        if (_stop > 0)
        {
            _leaf = null;
            return;
        }

        while (!_path.IsEmpty)
        {
            if (_path.Step(-1) is not { } node)
            {
                continue;
            }

            while (node is InnerNode inner)
            {
                _path.Push(inner, inner.Count - 1);
                node = inner.Children[inner.Count - 1];
            }

            Enter((LeafNode)node, node.Count);
            return;
        }

        _leaf = null;
    }

    private void Enter(LeafNode leaf, int next)
    {
        _leaf = leaf;
        _next = next;
        _stop = leaf.Count > 0 && leaf.Key(_records, 0).SequenceCompareTo(_start.Span) < 0
            ? leaf.LowerBound(_records, _start.Span)
            : 0;
    }
}
