using Quorate.KeyValue.Records;
using Quorate.KeyValue.Tree;

namespace Quorate.KeyValue.Snapshots;

/// <summary>Builds a tree from entries that come in order of key, level by level.</summary>
internal sealed class TreeBuilder(RecordSlabs records)
{
    /// <summary>Slots filled of each node: the first insertions after a load split nothing.</summary>
    private const int SlotsFilled = 28;

    private readonly List<TreeNode> _nodes = [new LeafNode()];
    private readonly List<byte[]> _separators = [[]];

    /// <summary>Adds the newest version of the next key.</summary>
    public void Add(RecordHandle entry)
    {
        var leaf = (LeafNode)_nodes[^1];
        if (leaf.Count == SlotsFilled)
        {
            leaf = new LeafNode();
            _nodes.Add(leaf);
            _separators.Add(records.View[entry].Key.ToArray());
        }

        leaf.Insert(records.View, leaf.Count, entry);
    }

    /// <summary>The root of the finished tree.</summary>
    public TreeNode Build()
    {
        while (_nodes.Count > 1)
        {
            int parents = 0;
            for (int first = 0; first < _nodes.Count; first += SlotsFilled)
            {
                var parent = new InnerNode();
                for (int i = first; i < Math.Min(first + SlotsFilled, _nodes.Count); i++)
                {
                    parent.Insert(parent.Count, _separators[i], _nodes[i]);
                }

                // What is overwritten was taken already.
                _separators[parents] = _separators[first];
                _nodes[parents++] = parent;
            }

            _nodes.RemoveRange(parents, _nodes.Count - parents);
            _separators.RemoveRange(parents, _separators.Count - parents);
        }

        return _nodes[0];
    }
}
