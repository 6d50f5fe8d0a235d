using Quorate.KeyValue.Records;

namespace Quorate.KeyValue.Tree;

/// <summary>A node of the tree. All leaves are at the same depth.</summary>
/// <remarks>
/// A node made in the tree's present epoch has not been published: the writer alone sees it and may change it in
/// place. A node of an older epoch never changes again.
/// </remarks>
internal abstract class TreeNode
{
    /// <summary>Most entries of a leaf and most children of an inner node.</summary>
    public const int SlotsMax = 32;

    /// <summary>Below this many slots a node is merged with a neighbour, if one has the room.</summary>
    public const int SlotsLow = 8;

    /// <summary>A merge that would fill a node beyond this is not done: the next insertion would split it again.</summary>
    public const int SlotsMergedMax = 24;

    /// <summary>The epoch in which it was made.</summary>
    public long Epoch;

    /// <summary>Slots used.</summary>
    public int Count;

    private KeyHeads _heads;

    /// <summary>Keys below it that are present, that is, not deleted.</summary>
    public abstract int LiveCount { get; }

    /// <summary>Whether it has a free slot.</summary>
    public bool IsFull => Count == SlotsMax;

    /// <summary>The index of the first key compared with; those before have a head that means nothing.</summary>
    protected abstract int FirstKey { get; }

    /// <summary>The key of a slot.</summary>
    protected abstract ReadOnlySpan<byte> KeyAt(RecordView records, int index);

    /// <summary>The index of a key, or the complement of the index of the first key above it.</summary>
    protected int Search(RecordView records, ReadOnlySpan<byte> key)
    {
        (int low, int end) = _heads.Matching(key, FirstKey, Count);
        int high = end;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            int order = KeyAt(records, middle).SequenceCompareTo(key);
            if (order == 0)
            {
                return middle;
            }

            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return ~CorrectForShared(records, key, low);
    }

    /// <summary>Takes in the head of a key that is about to be inserted; <see cref="Count"/> is still without it.</summary>
    protected void InsertHead(RecordView records, int index, ReadOnlySpan<byte> key)
    {
        _heads.Open(index, Count);
        if (Count <= FirstKey)
        {
            _heads.SharedBytes = key.Length;
        }
        else if (KeyAt(records, FirstKey).CommonPrefixLength(key) is var shared && shared < _heads.SharedBytes)
        {
            _heads.SharedBytes = shared;
            for (int i = FirstKey; i < Count; i++)
            {
                _heads.Set(i < index ? i : i + 1, KeyAt(records, i));
            }
        }

        _heads.Set(index, key);
    }

    /// <summary>Takes out the head of a key that is about to be removed; <see cref="Count"/> still has it.</summary>
    protected void RemoveHead(int index) => _heads.Close(index, Count);

    /// <summary>Computes all heads anew, leaving out as much as can be.</summary>
    protected void ResetHeads(RecordView records)
    {
        if (Count <= FirstKey)
        {
            return;
        }

        // In order, the first and the last share the least.
        _heads.SharedBytes = KeyAt(records, FirstKey).CommonPrefixLength(KeyAt(records, Count - 1));
        for (int i = FirstKey; i < Count; i++)
        {
            _heads.Set(i, KeyAt(records, i));
        }
    }

    /// <summary>
    /// A key that does not begin as all keys of the node do lies before or after them all, whatever its head.
    /// </summary>
    private int CorrectForShared(RecordView records, ReadOnlySpan<byte> key, int index)
    {
        if (Count <= FirstKey)
        {
            return index;
        }

        ReadOnlySpan<byte> shared = KeyAt(records, Math.Min(index, Count - 1))[.._heads.SharedBytes];
        if (key.StartsWith(shared))
        {
            return index;
        }

        return key.SequenceCompareTo(shared) < 0 ? FirstKey : Count;
    }

    /// <summary>Takes over what all nodes have.</summary>
    protected void BecomeNode(TreeNode other, long epoch)
    {
        Epoch = epoch;
        Count = other.Count;
        _heads = other._heads;
    }

    /// <summary>A copy that belongs to an epoch.</summary>
    public TreeNode CopyFor(long epoch)
    {
        var copy = (TreeNode)MemberwiseClone();
        copy.Epoch = epoch;
        return copy;
    }
}
