using Quorate.KeyValue.Tree;

namespace Quorate.KeyValue.Tests;

/// <summary>The tree alone, against a sorted dictionary, with keys that are hard to tell apart.</summary>
public class TreeTests
{
    private static readonly byte[] Alphabet = [0, 1, (byte)'a', (byte)'b', 255];

    [Theory]
    [InlineData(1, 12, 20_000)]
    [InlineData(2, 5, 20_000)]
    [InlineData(3, 30, 20_000)]
    [InlineData(4, 3, 5_000)]
    public void Random_insertions_and_removals_leave_what_a_sorted_dictionary_holds(int seed, int keyBytesMax, int steps)
    {
        var random = new Random(seed);
        var tree = new KeyTree();
        var twin = new SortedDictionary<byte[], KeyRevision>(ByteOrder.Instance);
        var held = new List<(TreeNode Root, KeyRevision[] Contents)>();
        for (int step = 0; step < steps; step++)
        {
            // It grows, shrinks to almost nothing, and grows again.
            bool shrinks = step % 10_000 > 6_000;
            byte[] key = RandomKey(random, keyBytesMax);
            if (random.Next(10) < (shrinks ? 1 : 8))
            {
                KeyRevision entry = random.Next(4) == 0
                    ? KeyRevision.Tombstone(key, step, 0)
                    : KeyRevision.Put(key, [], step, step, 0, 1, 0);
                tree.Set(key, entry);
                twin[key] = entry;
            }
            else if (twin.Count > 0)
            {
                byte[] removed = shrinks ? twin.ElementAt(random.Next(Math.Min(50, twin.Count))).Key : key;
                if (twin.Remove(removed))
                {
                    tree.Remove(removed);
                }
            }

            if (random.Next(50) == 0)
            {
                tree.Publish();
            }

            if (step % 997 == 0)
            {
                Check(tree.Root, [.. twin.Values], random, keyBytesMax);
                held.Add((tree.Publish(), [.. twin.Values]));
            }
        }

        foreach ((TreeNode root, KeyRevision[] contents) in held)
        {
            Check(root, contents, random, keyBytesMax);
        }
    }

    [Fact]
    public void Keys_that_arrive_in_ascending_order_fill_their_leaves()
    {
        var tree = new KeyTree();
        for (int i = 0; i < 32 * 32; i++)
        {
            byte[] key = [(byte)(i >> 8), (byte)i];
            tree.Set(key, KeyRevision.Put(key, [], 2, 2, 0, 1, 0));
        }

        var root = (InnerNode)tree.Root;
        root.Count.ShouldBe(32);
        root.Children[0].ShouldBeOfType<LeafNode>().Count.ShouldBe(32);
    }

    [Fact]
    public void A_node_is_copied_once_between_two_publications()
    {
        var tree = new KeyTree();
        byte[] key = [1];
        TreeNode published = tree.Publish();
        tree.Set(key, KeyRevision.Put(key, [], 2, 2, 0, 1, 0));
        TreeNode copied = tree.Root;
        tree.Set(key, KeyRevision.Put(key, [], 2, 3, 0, 2, 0));

        copied.ShouldNotBeSameAs(published);
        tree.Root.ShouldBeSameAs(copied);
        published.LiveCount.ShouldBe(0);
    }

    private static void Check(TreeNode root, KeyRevision[] contents, Random random, int keyBytesMax)
    {
        CheckNode(root, [], null);
        var cursor = new TreeCursor(root, KeyRange.From(default));
        foreach (KeyRevision expected in contents)
        {
            cursor.NextEntry().ShouldBeSameAs(expected);
        }

        cursor.NextEntry().ShouldBeNull();
        root.LiveCount.ShouldBe(contents.Count(entry => !entry.IsTombstone));
        for (int i = 0; i < 100; i++)
        {
            var keys = new KeyRange(
                RandomKey(random, keyBytesMax),
                random.Next(5) switch { 0 => null, 1 => default(ReadOnlyMemory<byte>), _ => RandomKey(random, keyBytesMax) });
            KeyRevision[] expected = [.. contents.Where(entry => keys.Contains(entry.Key))];
            KeyRevision[] live = [.. expected.Where(entry => !entry.IsTombstone)];
            TreeReader.CountLive(root, keys).ShouldBe(live.Length);
            TreeReader.Find(root, keys.Start.Span).ShouldBeSameAs(
                contents.FirstOrDefault(entry => KeyRange.ForKey(keys.Start).Contains(entry.Key)));
            var all = new TreeCursor(root, keys);
            var present = new TreeCursor(root, keys);
            foreach (KeyRevision entry in expected)
            {
                all.NextEntry().ShouldBeSameAs(entry);
            }

            foreach (KeyRevision entry in live)
            {
                present.NextLive().ShouldBeSameAs(entry);
            }

            all.NextEntry().ShouldBeNull();
            present.NextLive().ShouldBeNull();
        }
    }

    /// <summary>Checks the invariants below a node: bounds, counts, equal depth; returns the depth.</summary>
    private static int CheckNode(TreeNode node, ReadOnlySpan<byte> low, byte[]? high)
    {
        if (node is LeafNode leaf)
        {
            foreach (KeyEntry entry in leaf.Entries[..leaf.Count])
            {
                entry.Newest.Key.SequenceCompareTo(low).ShouldBeGreaterThanOrEqualTo(0);
                (high is null || entry.Newest.Key.SequenceCompareTo(high) < 0).ShouldBeTrue();
            }

            leaf.LiveCount.ShouldBe(leaf.Entries[..leaf.Count].ToArray().Count(entry => !entry.Newest.IsTombstone));
            return 1;
        }

        var inner = (InnerNode)node;
        inner.Count.ShouldBeInRange(1, TreeNode.SlotsMax);
        int depth = 0;
        for (int i = 0; i < inner.Count; i++)
        {
            TreeNode child = inner.Children[i];
            child.Count.ShouldBeGreaterThan(0);
            int childDepth = CheckNode(
                child, i == 0 ? low : inner.Separators[i], i + 1 < inner.Count ? inner.Separators[i + 1] : high);
            (depth == 0 || depth == childDepth).ShouldBeTrue();
            depth = childDepth;
            inner.LiveCounts[i].ShouldBe(child.LiveCount);
        }

        return depth + 1;
    }

    private static byte[] RandomKey(Random random, int keyBytesMax)
    {
        byte[] key = new byte[random.Next(1, keyBytesMax + 1)];
        for (int i = 0; i < key.Length; i++)
        {
            // Long runs of one byte make keys that share much, and keys that begin with others.
            key[i] = random.Next(3) == 0 || i == 0 ? Alphabet[random.Next(Alphabet.Length)] : key[i - 1];
        }

        return key;
    }

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
