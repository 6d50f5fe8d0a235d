using System.Numerics;
using System.Runtime.CompilerServices;

namespace Quorate.KeyValue.Tree;

/// <summary>A leaf: entries in order of key.</summary>
internal sealed class LeafNode : TreeNode
{
    private EntrySlots _entries;

    /// <summary>Bit i tells whether entry i is present, that is, its newest version is not a tombstone. So counting
    /// and skipping touch no entry.</summary>
    public uint LiveMask { get; private set; }

    public override int LiveCount => BitOperations.PopCount(LiveMask);

    public Span<KeyEntry> Entries => _entries;

    protected override int FirstKey => 0;

    /// <summary>The index of a key, or the complement of where it would be inserted.</summary>
    public int IndexOf(ReadOnlySpan<byte> key) => Search(key);

    /// <summary>The index of the first entry whose key is not below a key.</summary>
    public int LowerBound(ReadOnlySpan<byte> key)
    {
        int index = IndexOf(key);
        return index < 0 ? ~index : index;
    }

    /// <summary>How many of the first entries are present.</summary>
    public int LiveCountBefore(int index) => BitOperations.PopCount(LiveMask & BitsBelow(index));

    /// <summary>Index of the last entry before an index that is present; minus one where there is none.</summary>
    public int LastLiveBefore(int index) => index <= 0 ? -1 : 31 - BitOperations.LeadingZeroCount(LiveMask & BitsBelow(index));

    /// <summary>Replaces an entry; returns by how much the number of keys present changes.</summary>
    public int Replace(int index, KeyEntry entry)
    {
        uint bit = 1u << index;
        int before = (LiveMask & bit) == 0 ? 0 : 1;
        int after = entry.Newest.IsTombstone ? 0 : 1;
        LiveMask = (LiveMask & ~bit) | (after == 0 ? 0 : bit);
        Entries[index] = entry;
        return after - before;
    }

    /// <summary>Inserts an entry into a leaf that is not full; returns by how much the number of keys present changes.</summary>
    public int Insert(int index, KeyEntry entry)
    {
        InsertHead(index, entry.Newest.Key);
        Span<KeyEntry> entries = Entries;
        entries[index..Count].CopyTo(entries[(index + 1)..]);
        entries[index] = entry;
        Count++;
        uint below = BitsBelow(index);
        int live = entry.Newest.IsTombstone ? 0 : 1;
        LiveMask = (LiveMask & below) | ((LiveMask & ~below) << 1) | ((uint)live << index);
        return live;
    }

    /// <summary>Removes an entry; returns by how much the number of keys present changes.</summary>
    public int RemoveAt(int index)
    {
        RemoveHead(index);
        Span<KeyEntry> entries = Entries;
        int live = (int)((LiveMask >> index) & 1);
        entries[(index + 1)..Count].CopyTo(entries[index..]);
        Count--;
        entries[Count] = null!;
        uint below = BitsBelow(index);
        LiveMask = (LiveMask & below) | ((LiveMask >> 1) & ~below);
        return -live;
    }

    /// <summary>Moves the entries from an index on to a new leaf.</summary>
    public LeafNode SplitAt(int index)
    {
        var right = new LeafNode { Epoch = Epoch, Count = Count - index };
        Span<KeyEntry> moved = Entries[index..Count];
        moved.CopyTo(right.Entries);
        moved.Clear();
        uint below = BitsBelow(index);
        right.LiveMask = index == SlotsMax ? 0 : LiveMask >> index;
        LiveMask &= below;
        Count = index;
        ResetHeads();
        right.ResetHeads();
        return right;
    }

    /// <summary>Appends the entries of the leaf to the right.</summary>
    public void Append(LeafNode right)
    {
        right.Entries[..right.Count].CopyTo(Entries[Count..]);
        LiveMask |= right.LiveMask << Count;
        Count += right.Count;
        ResetHeads();
    }

    protected override ReadOnlySpan<byte> KeyAt(int index) => _entries[index].Newest.Key;

    private static uint BitsBelow(int index) => index >= SlotsMax ? uint.MaxValue : (1u << index) - 1;

    [InlineArray(SlotsMax)]
    private struct EntrySlots
    {
        private KeyEntry _first;
    }
}
