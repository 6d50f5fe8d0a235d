using System.Numerics;
using System.Runtime.CompilerServices;

namespace Quorate.KeyValue.Tree;

/// <summary>Walks entries in order of key, without allocating. The tree must not change meanwhile.</summary>
internal struct TreeCursor
{
    /// <summary>
    /// Deepest tree walked. A root is added only above a full one, whose children are half full or were filled in
    /// ascending order, so sixteen levels are beyond any memory.
    /// </summary>
    private const int DepthMax = 16;

    private readonly ReadOnlyMemory<byte> _end;
    private readonly bool _hasEnd;
    private PathNodes _nodes;
    private PathIndexes _indexes;
    private int _depth;
    private LeafNode? _leaf;
    private int _next;
    private int _stop;

    /// <summary>Stands before the first entry of a range; a range of one key is that key alone.</summary>
    public TreeCursor(TreeNode root, in KeyRange keys)
    {
        ReadOnlySpan<byte> start = keys.Start.Span;
        _hasEnd = keys.End is { IsEmpty: false };
        _end = keys.End ?? default;
        TreeNode node = root;
        while (node is InnerNode inner)
        {
            int index = inner.ChildFor(start);
            Push(inner, index);
            node = inner.Children[index];
        }

        var leaf = (LeafNode)node;
        int first = leaf.IndexOf(start);
        if (keys.End is null)
        {
            // One key: nothing beyond this leaf is to be looked at.
            _depth = 0;
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
                return _leaf.Entries[_next++];
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
                    return _leaf.Entries[_next++].Newest;
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

        while (_depth > 0)
        {
            InnerNode parent = _nodes[_depth - 1];
            int index = ++_indexes[_depth - 1];
            if (index == parent.Count)
            {
                _depth--;
                continue;
            }

            TreeNode node = parent.Children[index];
            while (node is InnerNode inner)
            {
                Push(inner, 0);
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
        if (_hasEnd && _stop > 0 && leaf.Entries[_stop - 1].Newest.Key.SequenceCompareTo(_end.Span) >= 0)
        {
            _stop = leaf.LowerBound(_end.Span);
        }
    }

    private void Push(InnerNode node, int index)
    {
        _nodes[_depth] = node;
        _indexes[_depth] = index;
        _depth++;
    }

    [InlineArray(DepthMax)]
    private struct PathNodes
    {
        private InnerNode _first;
    }

    [InlineArray(DepthMax)]
    private struct PathIndexes
    {
        private int _first;
    }
}
