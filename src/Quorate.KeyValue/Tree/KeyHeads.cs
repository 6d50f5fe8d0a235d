using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Quorate.KeyValue.Tree;

/// <summary>
/// The four bytes of each of a node's keys that follow what all of them begin with. A search runs over these, within
/// two or three cache lines, and then looks at one or two whole keys, each of which is a cache miss or two.
/// </summary>
/// <remarks>
/// Invariant: all keys of the node begin with the same <see cref="SharedBytes"/> bytes (they may share more), and are
/// ordered as their heads are, where those differ. A key that ends early is filled up with zeros.
/// </remarks>
internal struct KeyHeads
{
    private Slots _heads;

    /// <summary>Bytes that are left out of every head.</summary>
    public int SharedBytes { get; set; }

    /// <summary>Sets the head of a key.</summary>
    public void Set(int index, ReadOnlySpan<byte> key) => _heads[index] = Of(key);

    /// <summary>Makes room before an index.</summary>
    public void Open(int index, int count)
    {
        Span<uint> heads = _heads;
        heads[index..count].CopyTo(heads[(index + 1)..]);
    }

    /// <summary>Removes an index.</summary>
    public void Close(int index, int count)
    {
        Span<uint> heads = _heads;
        heads[(index + 1)..count].CopyTo(heads[index..]);
    }

    /// <summary>Where among the indexes from <paramref name="low"/> to <paramref name="high"/> the heads equal to a key's begin and end.</summary>
    public readonly (int First, int End) Matching(ReadOnlySpan<byte> key, int low, int high)
    {
        ReadOnlySpan<uint> heads = _heads;
        uint head = Of(key);
        int end = high;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (heads[middle] < head)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        while (high < end && heads[high] == head)
        {
            high++;
        }

        return (low, high);
    }

    private readonly uint Of(ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<byte> rest = key.Length > SharedBytes ? key[SharedBytes..] : [];
        if (rest.Length >= sizeof(uint))
        {
            return BinaryPrimitives.ReadUInt32BigEndian(rest);
        }

        uint head = 0;
        for (int i = 0; i < rest.Length; i++)
        {
            head |= (uint)rest[i] << (24 - (8 * i));
        }

        return head;
    }

    [InlineArray(TreeNode.SlotsMax)]
    private struct Slots
    {
        private uint _first;
    }
}
