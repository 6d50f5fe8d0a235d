using System.Runtime.CompilerServices;
using Quorate.KeyValue.Records;

namespace Quorate.KeyValue.Tree;

/// <summary>An inner node: children in order, the lowest key that each may hold, and how many keys are present in each.</summary>
/// <remarks>
/// Invariant: every key below child i is at least separator i and less than separator i + 1. The first separator is
/// never compared with: what is below it goes to the first child.
/// </remarks>
internal sealed class InnerNode : TreeNode
{
    private ChildSlots _children;
    private SeparatorSlots _separators;
    private CountSlots _liveCounts;

    public Span<TreeNode> Children => _children;

    public Span<byte[]> Separators => _separators;

    public Span<int> LiveCounts => _liveCounts;

    public override int LiveCount => LiveCountBefore(Count);

    protected override int FirstKey => 1;

    /// <summary>The child that a key belongs to.</summary>
    public int ChildFor(ReadOnlySpan<byte> key)
    {
        int index = Search(default, key);
        return index < 0 ? ~index - 1 : index;
    }

    /// <summary>How many keys are present in the first children.</summary>
    public int LiveCountBefore(int index)
    {
        int sum = 0;
        foreach (int count in LiveCounts[..index])
        {
            sum += count;
        }

        return sum;
    }

    /// <summary>Inserts a child into a node that is not full; a first child only into an empty one.</summary>
    public void Insert(int index, byte[] separator, TreeNode child)
    {
        if (index >= FirstKey)
        {
            InsertHead(default, index, separator);
        }

        Children[index..Count].CopyTo(Children[(index + 1)..]);
        Separators[index..Count].CopyTo(Separators[(index + 1)..]);
        LiveCounts[index..Count].CopyTo(LiveCounts[(index + 1)..]);
        Children[index] = child;
        Separators[index] = separator;
        LiveCounts[index] = child.LiveCount;
        Count++;
    }

    /// <summary>Removes a child.</summary>
    public void RemoveAt(int index)
    {
        RemoveHead(index);
        Children[(index + 1)..Count].CopyTo(Children[index..]);
        Separators[(index + 1)..Count].CopyTo(Separators[index..]);
        LiveCounts[(index + 1)..Count].CopyTo(LiveCounts[index..]);
        Count--;
        Children[Count] = null!;
        Separators[Count] = null!;
    }

    /// <summary>Moves the children from an index on to a new node.</summary>
    public InnerNode SplitAt(int index)
    {
        var right = new InnerNode { Epoch = Epoch, Count = Count - index };
        Children[index..Count].CopyTo(right.Children);
        Separators[index..Count].CopyTo(right.Separators);
        LiveCounts[index..Count].CopyTo(right.LiveCounts);
        Children[index..Count].Clear();
        Separators[index..Count].Clear();
        Count = index;
        ResetHeads(default);
        right.ResetHeads(default);
        return right;
    }

    /// <summary>Appends the children of the node to the right, all of whose keys are at least <paramref name="separator"/>.</summary>
    public void Append(byte[] separator, InnerNode right)
    {
        right.Children[..right.Count].CopyTo(Children[Count..]);
        right.Separators[..right.Count].CopyTo(Separators[Count..]);
        right.LiveCounts[..right.Count].CopyTo(LiveCounts[Count..]);
        Separators[Count] = separator;
        Count += right.Count;
        ResetHeads(default);
    }

    /// <summary>Makes it a copy of another, whatever it was.</summary>
    public InnerNode Become(InnerNode other, long epoch)
    {
        BecomeNode(other, epoch);
        _children = other._children;
        _separators = other._separators;
        _liveCounts = other._liveCounts;
        return this;
    }

    /// <summary>Lets go of what it refers to.</summary>
    public void Clear()
    {
        Children.Clear();
        Separators.Clear();
    }

    /// <summary>A separator; they are the node's own, so no records are looked at.</summary>
    protected override ReadOnlySpan<byte> KeyAt(RecordView records, int index) => _separators[index];

    [InlineArray(SlotsMax)]
    private struct ChildSlots
    {
        private TreeNode _first;
    }

    [InlineArray(SlotsMax)]
    private struct SeparatorSlots
    {
        private byte[] _first;
    }

    [InlineArray(SlotsMax)]
    private struct CountSlots
    {
        private int _first;
    }
}
