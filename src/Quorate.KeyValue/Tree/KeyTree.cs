using Quorate.KeyValue.Records;

namespace Quorate.KeyValue.Tree;

/// <summary>
/// The writer's hold on the tree: a B+ tree whose published nodes never change. A change copies the nodes from the
/// root to the leaf, once an epoch; what was copied already is changed in place.
/// </summary>
/// <remarks>
/// Balance is relaxed: a node may hold fewer slots than half, where no neighbour has room for them. The shape of the
/// tree depends on the order of insertions and on the progress of garbage collection and shows nowhere.
/// </remarks>
internal sealed class KeyTree
{
    private RecordSlabs _records;
    private long _epoch = 1;
    private TreeNode _root;

    // Results of a recursive call beside the node that it returns.
    private int _liveDelta;
    private TreeNode? _splitRight;
    private byte[]? _splitKey;

    public KeyTree(RecordSlabs records)
    {
        _records = records;
        _root = new LeafNode { Epoch = _epoch };
    }

    /// <summary>The tree, with unpublished changes.</summary>
    public TreeView View => new(_root, _records.View);

    /// <summary>Freezes all nodes; the tree may be handed to readers from now on.</summary>
    public TreeView Publish()
    {
        _epoch++;
        return View;
    }

    /// <summary>Replaces the whole tree by one that nobody else changes.</summary>
    public void Replace(TreeNode root, RecordSlabs records)
    {
        _epoch++;
        _records = records;
        _root = root;
    }

    /// <summary>Sets the entry of a key.</summary>
    public void Set(ReadOnlySpan<byte> key, RecordHandle entry)
    {
        var change = new SetEntry(entry);
        Set(key, ref change);
    }

    /// <summary>Sets the entry of a key to what the change makes of the one it has.</summary>
    public void Set<TChange>(ReadOnlySpan<byte> key, scoped ref TChange change)
        where TChange : struct, ISlotChange, allows ref struct
    {
        _root = Set(_root, key, ref change);
        if (_splitRight is { } right)
        {
            var root = new InnerNode { Epoch = _epoch };
            root.Insert(0, [], _root);
            root.Insert(1, _splitKey!, right);
            _root = root;
            _splitRight = null;
        }
    }

    /// <summary>Removes a key that is there.</summary>
    public void Remove(ReadOnlySpan<byte> key)
    {
        _root = Remove(_root, key);
        while (_root is InnerNode { Count: <= 1 } inner)
        {
            _root = inner.Count == 0 ? new LeafNode { Epoch = _epoch } : inner.Children[0];
        }
    }

    private TNode Own<TNode>(TNode node)
        where TNode : TreeNode => node.Epoch == _epoch ? node : (TNode)node.CopyFor(_epoch);

    private TreeNode Set<TChange>(TreeNode node, ReadOnlySpan<byte> key, scoped ref TChange change)
        where TChange : struct, ISlotChange, allows ref struct
    {
        if (node is LeafNode leaf)
        {
            return SetInLeaf(Own(leaf), key, ref change);
        }

        InnerNode inner = Own((InnerNode)node);
        int index = inner.ChildFor(key);
        inner.Children[index] = Set(inner.Children[index], key, ref change);
        inner.LiveCounts[index] += _liveDelta;
        if (_splitRight is { } right)
        {
            _splitRight = null;
            inner.LiveCounts[index] -= right.LiveCount;
            InsertChild(inner, index + 1, _splitKey!, right);
        }

        return inner;
    }

    private LeafNode SetInLeaf<TChange>(LeafNode leaf, ReadOnlySpan<byte> key, scoped ref TChange change)
        where TChange : struct, ISlotChange, allows ref struct
    {
        int index = leaf.IndexOf(_records.View, key);
        RecordHandle entry = change.Make(index >= 0 ? leaf.Entries[index] : default);

        // Taken after the change, which may have added a slab.
        RecordView records = _records.View;
        if (index >= 0)
        {
            _liveDelta = leaf.Replace(records, index, entry);
            return leaf;
        }

        index = ~index;
        if (!leaf.IsFull)
        {
            _liveDelta = leaf.Insert(records, index, entry);
            return leaf;
        }

        int middle = SplitPoint(index);
        LeafNode right = leaf.SplitAt(records, middle);
        _liveDelta = index > middle || right.Count == 0
            ? right.Insert(records, index - middle, entry)
            : leaf.Insert(records, index, entry);
        _splitRight = right;
        _splitKey = Separate(leaf.Key(records, leaf.Count - 1), right.Key(records, 0));
        return leaf;
    }

    private void InsertChild(InnerNode inner, int index, byte[] separator, TreeNode child)
    {
        if (!inner.IsFull)
        {
            inner.Insert(index, separator, child);
            return;
        }

        int middle = SplitPoint(index);
        InnerNode right = inner.SplitAt(middle);
        if (index > middle || right.Count == 0)
        {
            right.Insert(index - middle, separator, child);
        }
        else
        {
            inner.Insert(index, separator, child);
        }

        _splitRight = right;
        _splitKey = right.Separators[0];
    }

    /// <summary>Where a full node is split for an insertion: keys that arrive in ascending order leave full nodes behind.</summary>
    private static int SplitPoint(int insertionIndex) =>
        insertionIndex == TreeNode.SlotsMax ? TreeNode.SlotsMax : TreeNode.SlotsMax / 2;

    /// <summary>The shortest key above one and not above another.</summary>
    private static byte[] Separate(ReadOnlySpan<byte> below, ReadOnlySpan<byte> notAbove) =>
        notAbove[..(below.CommonPrefixLength(notAbove) + 1)].ToArray();

    private TreeNode Remove(TreeNode node, ReadOnlySpan<byte> key)
    {
        if (node is LeafNode frozenLeaf)
        {
            LeafNode leaf = Own(frozenLeaf);
            _liveDelta = leaf.RemoveAt(leaf.IndexOf(_records.View, key));
            return leaf;
        }

        InnerNode inner = Own((InnerNode)node);
        int index = inner.ChildFor(key);
        TreeNode child = Remove(inner.Children[index], key);
        inner.Children[index] = child;
        inner.LiveCounts[index] += _liveDelta;
        if (child.Count == 0)
        {
            inner.RemoveAt(index);
        }
        else if (child.Count < TreeNode.SlotsLow && !TryMerge(inner, index))
        {
            TryMerge(inner, index - 1);
        }

        return inner;
    }

    /// <summary>Merges two neighbouring children into one, where both exist and one has the room.</summary>
    private bool TryMerge(InnerNode parent, int leftIndex)
    {
        if (leftIndex < 0 || leftIndex + 1 >= parent.Count)
        {
            return false;
        }

        TreeNode left = parent.Children[leftIndex];
        TreeNode right = parent.Children[leftIndex + 1];
        if (left.Count + right.Count > TreeNode.SlotsMergedMax)
        {
            return false;
        }

        left = Own(left);
        if (left is LeafNode leaf)
        {
            leaf.Append(_records.View, (LeafNode)right);
        }
        else
        {
            ((InnerNode)left).Append(parent.Separators[leftIndex + 1], (InnerNode)right);
        }

        parent.Children[leftIndex] = left;
        parent.LiveCounts[leftIndex] += parent.LiveCounts[leftIndex + 1];
        parent.RemoveAt(leftIndex + 1);
        return true;
    }
}
