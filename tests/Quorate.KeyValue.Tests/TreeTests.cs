using Quorate.KeyValue.Records;
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
        var records = new RecordSlabs();
        var tree = new KeyTree(records);
        var twin = new SortedDictionary<byte[], RecordHandle>(ByteOrder.Instance);
        var held = new List<(TreeView Tree, RecordHandle[] Contents)>();
        for (int step = 0; step < steps; step++)
        {
            // It grows, shrinks to almost nothing, and grows again.
            bool shrinks = step % 10_000 > 6_000;
            byte[] key = RandomKey(random, keyBytesMax);
            if (random.Next(10) < (shrinks ? 1 : 8))
            {
                VersionFields fields = random.Next(4) == 0 ? VersionFields.Tombstone(step, 0) : new(step, step, 0, 1, 0);
                RecordHandle entry = records.Append(key, [], fields, older: default, compactRevision: -1);
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
                Check(tree.View, [.. twin.Values], random, keyBytesMax);
                held.Add((tree.Publish(), [.. twin.Values]));
            }
        }

        foreach ((TreeView view, RecordHandle[] contents) in held)
        {
            Check(view, contents, random, keyBytesMax);
        }
    }

    [Fact]
    public void Keys_that_arrive_in_ascending_order_fill_their_leaves()
    {
        var records = new RecordSlabs();
        var tree = new KeyTree(records);
        for (int i = 0; i < 32 * 32; i++)
        {
            byte[] key = [(byte)(i >> 8), (byte)i];
            tree.Set(key, Put(records, key, 2));
        }

        var root = (InnerNode)tree.View.Root;
        root.Count.ShouldBe(32);
        root.Children[0].ShouldBeOfType<LeafNode>().Count.ShouldBe(32);
    }

    [Fact]
    public void A_node_is_copied_once_between_two_publications()
    {
        var records = new RecordSlabs();
        var tree = new KeyTree(records);
        byte[] key = [1];
        TreeNode published = tree.Publish().Root;
        tree.Set(key, Put(records, key, 2));
        TreeNode copied = tree.View.Root;
        tree.Set(key, Put(records, key, 3));

        copied.ShouldNotBeSameAs(published);
        tree.View.Root.ShouldBeSameAs(copied);
        published.LiveCount.ShouldBe(0);
    }

    [Fact]
    public void A_node_serves_again_once_no_version_that_had_it_can_be_read()
    {
        var records = new RecordSlabs();
        var tree = new KeyTree(records);
        byte[] key = [1];
        tree.Set(key, Put(records, key, 2));
        TreeNode first = tree.Publish().Root;
        tree.Set(key, Put(records, key, 3));
        TreeNode second = tree.Publish().Root;
        second.ShouldNotBeSameAs(first);
        tree.Superseded(isRetired: true);

        tree.Set(key, Put(records, key, 4));
        tree.View.Root.ShouldBeSameAs(first);
        Check(tree.View, [((LeafNode)first).Entries[0]], new Random(1), 1);
    }

    [Fact]
    public void A_node_of_a_version_that_is_held_does_not_serve_again()
    {
        var records = new RecordSlabs();
        var tree = new KeyTree(records);
        byte[] key = [1];
        tree.Set(key, Put(records, key, 2));
        TreeNode held = tree.Publish().Root;
        RecordHandle entry = ((LeafNode)held).Entries[0];
        List<TreeNode> later = [];
        for (int i = 3; i < 20; i++)
        {
            tree.Set(key, Put(records, key, i));
            later.Add(tree.Publish().Root);
            tree.Superseded(isRetired: i > 3);
        }

        later.ShouldNotContain(held);
        later.Distinct().Count().ShouldBe(2, "those that nobody holds take turns");
        ((LeafNode)held).Entries[0].ShouldBe(entry);
    }

    [Fact]
    public void What_a_change_left_half_done_does_not_serve_again_while_the_tree_has_it()
    {
        var records = new RecordSlabs();
        var tree = new KeyTree(records);
        for (int i = 0; i < 1000; i++)
        {
            byte[] key = [(byte)(i >> 8), (byte)i];
            tree.Set(key, Put(records, key, 2));
        }

        tree.Publish();
        tree.Superseded(isRetired: true);
        for (int round = 0; round < 20; round++)
        {
            byte[] key = [(byte)(round % 3), (byte)round];
            Should.Throw<InvalidOperationException>(() =>
            {
                var fails = new Fails();
                tree.Set(key, ref fails);
            });
            tree.Set([1, (byte)(round * 7)], Put(records, [1, (byte)(round * 7)], 3));
            tree.Publish();
            tree.Superseded(isRetired: true);
            List<string> keys = [];
            var cursor = new TreeCursor(tree.View, KeyRange.From(default));
            while (cursor.NextEntry() is { } entry)
            {
                keys.Add(Convert.ToHexString(entry.Newest.Key));
            }

            keys.Count.ShouldBe(1000);
            keys.ShouldBeInOrder();
        }
    }

    private readonly struct Fails : ISlotChange
    {
        public RecordHandle Make(RecordHandle before) => throw new InvalidOperationException();
    }

    private static RecordHandle Put(RecordSlabs records, byte[] key, long revision) =>
        records.Append(key, [], new VersionFields(revision, revision, 0, 1, 0), older: default, compactRevision: -1);

    private static void Check(TreeView tree, RecordHandle[] contents, Random random, int keyBytesMax)
    {
        CheckNode(tree.Root, tree.Records, [], null);
        var cursor = new TreeCursor(tree, KeyRange.From(default));
        foreach (RecordHandle expected in contents)
        {
            cursor.NextEntry()!.Value.Handle.ShouldBe(expected);
        }

        cursor.NextEntry().ShouldBeNull();
        tree.Root.LiveCount.ShouldBe(contents.Count(entry => !tree.Records[entry].IsTombstone));
        for (int i = 0; i < 100; i++)
        {
            var keys = new KeyRange(
                RandomKey(random, keyBytesMax),
                random.Next(5) switch { 0 => null, 1 => default(ReadOnlyMemory<byte>), _ => RandomKey(random, keyBytesMax) });
            RecordHandle[] expected = [.. contents.Where(entry => keys.Contains(tree.Records[entry].Key))];
            RecordHandle[] live = [.. expected.Where(entry => !tree.Records[entry].IsTombstone)];
            TreeReader.CountLive(tree, keys).ShouldBe(live.Length);
            (TreeReader.Find(tree, keys.Start.Span)?.Handle ?? default).ShouldBe(
                contents.FirstOrDefault(entry => KeyRange.ForKey(keys.Start).Contains(tree.Records[entry].Key)));
            var all = new TreeCursor(tree, keys);
            var present = new TreeCursor(tree, keys);
            foreach (RecordHandle entry in expected)
            {
                all.NextEntry()!.Value.Handle.ShouldBe(entry);
            }

            foreach (RecordHandle entry in live)
            {
                present.NextLive()!.Value.ShouldBe(tree.Records[entry]);
            }

            all.NextEntry().ShouldBeNull();
            present.NextLive().ShouldBeNull();
        }
    }

    /// <summary>Checks the invariants below a node: bounds, counts, equal depth; returns the depth.</summary>
    private static int CheckNode(TreeNode node, RecordView records, ReadOnlySpan<byte> low, byte[]? high)
    {
        if (node is LeafNode leaf)
        {
            foreach (RecordHandle entry in leaf.Entries[..leaf.Count])
            {
                records[entry].Key.SequenceCompareTo(low).ShouldBeGreaterThanOrEqualTo(0);
                (high is null || records[entry].Key.SequenceCompareTo(high) < 0).ShouldBeTrue();
            }

            leaf.LiveCount.ShouldBe(leaf.Entries[..leaf.Count].ToArray().Count(entry => !records[entry].IsTombstone));
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
                child, records, i == 0 ? low : inner.Separators[i], i + 1 < inner.Count ? inner.Separators[i + 1] : high);
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
