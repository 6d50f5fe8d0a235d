using System.Numerics;
using System.Runtime.CompilerServices;
using Quorate.KeyValue.Records;

namespace Quorate.KeyValue.Tree;

/// <summary>A leaf: the newest version of each key, in order of key. It holds numbers only, no references.</summary>
internal sealed class LeafNode : TreeNode
{
    private EntrySlots _entries;

    /// <summary>Bit i tells whether entry i is present, that is, its newest version is not a tombstone. So counting
    /// and skipping touch no record.</summary>
    public uint LiveMask { get; private set; }

    public override int LiveCount => BitOperations.PopCount(LiveMask);

    public Span<RecordHandle> Entries => _entries;

    protected override int FirstKey => 0;

    /// <summary>The index of a key, or the complement of where it would be inserted.</summary>
    public int IndexOf(RecordView records, ReadOnlySpan<byte> key) => Search(records, key);

    /// <summary>The index of the first entry whose key is not below a key.</summary>
    public int LowerBound(RecordView records, ReadOnlySpan<byte> key)
    {
        int index = IndexOf(records, key);
        return index < 0 ? ~index : index;
    }

    /// <summary>The key of an entry.</summary>
    public ReadOnlySpan<byte> Key(RecordView records, int index) => records[_entries[index]].Key;

    /// <summary>How many of the first entries are present.</summary>
    public int LiveCountBefore(int index) => BitOperations.PopCount(LiveMask & BitsBelow(index));

    /// <summary>Index of the last entry before an index that is present; minus one where there is none.</summary>
    public int LastLiveBefore(int index) => index <= 0 ? -1 : 31 - BitOperations.LeadingZeroCount(LiveMask & BitsBelow(index));

    /// <summary>Replaces an entry; returns by how much the number of keys present changes.</summary>
    public int Replace(RecordView records, int index, RecordHandle entry)
    {
        uint bit = 1u << index;
        int before = (LiveMask & bit) == 0 ? 0 : 1;
        int after = records[entry].IsTombstone ? 0 : 1;
        LiveMask = (LiveMask & ~bit) | (after == 0 ? 0 : bit);
        Entries[index] = entry;
        return after - before;
    }

    /// <summary>Inserts an entry into a leaf that is not full; returns by how much the number of keys present changes.</summary>
    public int Insert(RecordView records, int index, RecordHandle entry)
    {
        KeyRevision newest = records[entry];
        InsertHead(records, index, newest.Key);
        Span<RecordHandle> entries = Entries;
        entries[index..Count].CopyTo(entries[(index + 1)..]);
        entries[index] = entry;
        Count++;
        uint below = BitsBelow(index);
        int live = newest.IsTombstone ? 0 : 1;
        LiveMask = (LiveMask & below) | ((LiveMask & ~below) << 1) | ((uint)live << index);
        return live;
    }

    /// <summary>Removes an entry; returns by how much the number of keys present changes.</summary>
    public int RemoveAt(int index)
    {
        RemoveHead(index);
        Span<RecordHandle> entries = Entries;
        int live = (int)((LiveMask >> index) & 1);
        entries[(index + 1)..Count].CopyTo(entries[index..]);
        Count--;
        uint below = BitsBelow(index);
        LiveMask = (LiveMask & below) | ((LiveMask >> 1) & ~below);
        return -live;
    }

    /// <summary>Moves the entries from an index on to a new leaf.</summary>
    public LeafNode SplitAt(RecordView records, int index)
    {
        var right = new LeafNode { Epoch = Epoch, Count = Count - index };
        Entries[index..Count].CopyTo(right.Entries);
        uint below = BitsBelow(index);
        right.LiveMask = index == SlotsMax ? 0 : LiveMask >> index;
        LiveMask &= below;
        Count = index;
        ResetHeads(records);
        right.ResetHeads(records);
        return right;
    }

    /// <summary>Appends the entries of the leaf to the right.</summary>
    public void Append(RecordView records, LeafNode right)
    {
        right.Entries[..right.Count].CopyTo(Entries[Count..]);
        LiveMask |= right.LiveMask << Count;
        Count += right.Count;
        ResetHeads(records);
    }

    /// <summary>Makes it a copy of another, whatever it was.</summary>
    public LeafNode Become(LeafNode other, long epoch)
    {
        BecomeNode(other, epoch);
        _entries = other._entries;
        LiveMask = other.LiveMask;
        return this;
    }

    protected override ReadOnlySpan<byte> KeyAt(RecordView records, int index) => Key(records, index);

    private static uint BitsBelow(int index) => index >= SlotsMax ? uint.MaxValue : (1u << index) - 1;

    [InlineArray(SlotsMax)]
    private struct EntrySlots
    {
        private RecordHandle _first;
    }
}
