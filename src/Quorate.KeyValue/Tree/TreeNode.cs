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

    /// <summary>Keys below it that are present, that is, not deleted.</summary>
    public abstract int LiveCount { get; }

    /// <summary>Whether it has a free slot.</summary>
    public bool IsFull => Count == SlotsMax;

    /// <summary>A copy that belongs to an epoch.</summary>
    public TreeNode CopyFor(long epoch)
    {
        var copy = (TreeNode)MemberwiseClone();
        copy.Epoch = epoch;
        return copy;
    }
}
