using System.Runtime.CompilerServices;

namespace Quorate.KeyValue.Tree;

/// <summary>The inner nodes above a cursor's leaf, and which child of each was taken. Allocates nothing.</summary>
internal struct TreePath
{
    /// <summary>
    /// Deepest tree walked. A root is added only above a full one, whose children are half full or were filled in
    /// ascending order, so sixteen levels are beyond any memory.
    /// </summary>
    private const int DepthMax = 16;

    private PathNodes _nodes;
    private PathIndexes _indexes;
    private int _depth;

    public readonly bool IsEmpty => _depth == 0;

    public void Clear() => _depth = 0;

    public void Push(InnerNode node, int index)
    {
        _nodes[_depth] = node;
        _indexes[_depth] = index;
        _depth++;
    }

    /// <summary>The neighbour of the child taken last; null, and one level up, where there is none.</summary>
    /// <param name="direction">One for the next, minus one for the one before.</param>
    public TreeNode? Step(int direction)
    {
        InnerNode parent = _nodes[_depth - 1];
        int index = _indexes[_depth - 1] + direction;
        if (index < 0 || index >= parent.Count)
        {
            _depth--;
            return null;
        }

        _indexes[_depth - 1] = index;
        return parent.Children[index];
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
