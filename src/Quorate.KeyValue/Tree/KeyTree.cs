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
    private readonly NodePool _pool = new();
    private RecordSlabs _records;
    private long _epoch = 1;

    // The last epochs of the two versions published last.
    private long _publishedEpoch;
    private long _supersededEpoch;
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
        _supersededEpoch = _publishedEpoch;
        _publishedEpoch = _epoch++;
        return View;
    }

    /// <summary>
    /// What became of the version before the one published last: it is retired, so that nobody reads it, or held by
    /// somebody. To be told after each <see cref="Publish"/>, or nodes do not serve again.
    /// </summary>
    public void Superseded(bool isRetired)
    {
#if QUORATE_MUTANTS
        isRetired |= AppContext.GetData("Quorate.Mutant") is "HeldNodesServeAgain";
#endif
        if (isRetired)
        {
            _pool.Superseded();
        }
        else
        {
            _pool.Held(_supersededEpoch);
        }
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
        Set(ref _root, key, ref change);
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
        Remove(ref _root, key);
        while (_root is InnerNode { Count: <= 1 } inner)
        {
            _root = inner.Count == 0 ? new LeafNode { Epoch = _epoch } : inner.Children[0];
        }
    }

    /// <summary>
    /// Makes what a slot refers to the writer's own. The slot has the copy at once: what was copied may serve again, so
    /// it must not be left in the tree whatever happens next.
    /// </summary>
    private TNode Own<TNode>(ref TreeNode slot)
        where TNode : TreeNode
    {
        if (slot.Epoch != _epoch)
        {
            slot = _pool.Copy(slot, _epoch);
        }

        return (TNode)slot;
    }

    private void Set<TChange>(ref TreeNode slot, ReadOnlySpan<byte> key, scoped ref TChange change)
        where TChange : struct, ISlotChange, allows ref struct
    {
        if (slot is LeafNode)
        {
            SetInLeaf(Own<LeafNode>(ref slot), key, ref change);
            return;
        }

        InnerNode inner = Own<InnerNode>(ref slot);
        int index = inner.ChildFor(key);
        Set(ref inner.Children[index], key, ref change);
        inner.LiveCounts[index] += _liveDelta;
        if (_splitRight is { } right)
        {
            _splitRight = null;
            inner.LiveCounts[index] -= right.LiveCount;
            InsertChild(inner, index + 1, _splitKey!, right);
        }
    }

    private void SetInLeaf<TChange>(LeafNode leaf, ReadOnlySpan<byte> key, scoped ref TChange change)
        where TChange : struct, ISlotChange, allows ref struct
    {
        int index = leaf.IndexOf(_records.View, key);
        RecordHandle entry = change.Make(index >= 0 ? leaf.Entries[index] : default);

        // Taken after the change, which may have added a slab.
        RecordView records = _records.View;
        if (index >= 0)
        {
            _liveDelta = leaf.Replace(records, index, entry);
            return;
        }

        index = ~index;
        if (!leaf.IsFull)
        {
            _liveDelta = leaf.Insert(records, index, entry);
            return;
        }

        int middle = SplitPoint(index);
        LeafNode right = leaf.SplitAt(records, middle);
        _liveDelta = index > middle || right.Count == 0
            ? right.Insert(records, index - middle, entry)
            : leaf.Insert(records, index, entry);
        _splitRight = right;
        _splitKey = Separate(leaf.Key(records, leaf.Count - 1), right.Key(records, 0));
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

    private void Remove(ref TreeNode slot, ReadOnlySpan<byte> key)
    {
        if (slot is LeafNode)
        {
            LeafNode leaf = Own<LeafNode>(ref slot);
            _liveDelta = leaf.RemoveAt(leaf.IndexOf(_records.View, key));
            return;
        }

        InnerNode inner = Own<InnerNode>(ref slot);
        int index = inner.ChildFor(key);
        Remove(ref inner.Children[index], key);
        TreeNode child = inner.Children[index];
        inner.LiveCounts[index] += _liveDelta;
        if (child.Count == 0)
        {
            inner.RemoveAt(index);
        }
        else if (child.Count < TreeNode.SlotsLow && !TryMerge(inner, index))
        {
            TryMerge(inner, index - 1);
        }
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

        if (left is LeafNode)
        {
            Own<LeafNode>(ref parent.Children[leftIndex]).Append(_records.View, (LeafNode)right);
        }
        else
        {
            Own<InnerNode>(ref parent.Children[leftIndex]).Append(parent.Separators[leftIndex + 1], (InnerNode)right);
        }

        parent.LiveCounts[leftIndex] += parent.LiveCounts[leftIndex + 1];
        parent.RemoveAt(leftIndex + 1);
        return true;
    }
}
