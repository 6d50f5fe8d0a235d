using System.Numerics;
using Quorate.KeyValue.Records;

namespace Quorate.KeyValue.Tree;

/// <summary>Walks entries in order of key, without allocating. The tree must not change meanwhile.</summary>
internal struct TreeCursor : ITreeCursor
{
    private readonly RecordView _records;
    private readonly ReadOnlyMemory<byte> _end;
    private readonly bool _hasEnd;
    private TreePath _path;
    private LeafNode? _leaf;
    private int _next;
    private int _stop;

    /// <summary>Stands before the first entry of a range; a range of one key is that key alone.</summary>
    public TreeCursor(TreeView tree, in KeyRange keys)
    {
        _records = tree.Records;
        ReadOnlySpan<byte> start = keys.Start.Span;
        _hasEnd = keys.End is { IsEmpty: false };
        _end = keys.End ?? default;
        TreeNode node = tree.Root;
        while (node is InnerNode inner)
        {
            int index = inner.ChildFor(start);
            _path.Push(inner, index);
            node = inner.Children[index];
        }

        var leaf = (LeafNode)node;
        int first = leaf.IndexOf(_records, start);
        if (keys.End is null)
        {
            // One key: nothing beyond this leaf is to be looked at.
            _path.Clear();
            _leaf = leaf;
            _next = Math.Max(first, 0);
            _stop = first < 0 ? _next : first + 1;
            return;
        }

        Enter(leaf, first < 0 ? ~first : first);
    }

    /// <summary>The next entry, deleted keys included; null at the end.</summary>
    public KeyEntry? NextEntry()
    {
        while (_leaf is not null)
        {
            if (_next < _stop)
            {
                return new KeyEntry(_records, _leaf.Entries[_next++]);
            }

            NextLeaf();
        }

        return null;
    }

    /// <summary>The newest version of the next key that is present; null at the end.</summary>
    public KeyRevision? NextLive()
    {
        while (_leaf is not null)
        {
            if (_next < _stop)
            {
                _next += BitOperations.TrailingZeroCount(_leaf.LiveMask >> _next);
                if (_next < _stop)
                {
                    if (_next + RecordView.WalkAhead < _stop)
                    {
                        _records.PrefetchAll(_leaf.Entries[_next + RecordView.WalkAhead]);
                    }

                    return _records[_leaf.Entries[_next++]];
                }
            }

            NextLeaf();
        }

        return null;
    }

    private void NextLeaf()
    {
        // A leaf cut short by the end of the range is the last one.
        if (_stop < _leaf!.Count)
        {
            _leaf = null;
            return;
        }

        while (!_path.IsEmpty)
        {
            if (_path.Step(1) is not { } node)
            {
                continue;
            }

            while (node is InnerNode inner)
            {
                _path.Push(inner, 0);
                node = inner.Children[0];
            }

            Enter((LeafNode)node, 0);
            return;
        }

        _leaf = null;
    }

    private void Enter(LeafNode leaf, int first)
    {
        _leaf = leaf;
        _next = first;
        _stop = leaf.Count;
        if (_hasEnd && _stop > 0 && leaf.Key(_records, _stop - 1).SequenceCompareTo(_end.Span) >= 0)
        {
            _stop = leaf.LowerBound(_records, _end.Span);
        }
    }
}
