namespace Quorate.KeyValue.Tree;

/// <summary>Point reads and ranks in a tree that does not change meanwhile.</summary>
internal static class TreeReader
{
    /// <summary>The entry of a key, maybe a deleted one; null where there is none.</summary>
    public static KeyEntry? Find(TreeView tree, ReadOnlySpan<byte> key)
    {
        TreeNode node = tree.Root;
        while (node is InnerNode inner)
        {
            node = inner.Children[inner.ChildFor(key)];
        }

        var leaf = (LeafNode)node;
        int index = leaf.IndexOf(tree.Records, key);
        return index < 0 ? null : new KeyEntry(tree.Records, leaf.Entries[index]);
    }

    /// <summary>Number of keys present in a range, in steps that grow with the depth of the tree only.</summary>
    public static long CountLive(TreeView tree, in KeyRange keys)
    {
        ReadOnlySpan<byte> start = keys.Start.Span;
        if (keys.End is not { } end)
        {
            return Find(tree, start) is { Newest.IsTombstone: false } ? 1 : 0;
        }

        int before = CountLiveBefore(tree, start);
        int upTo = end.IsEmpty ? tree.Root.LiveCount : CountLiveBefore(tree, end.Span);

        // An end at or below the start makes an empty range.
        return Math.Max(0, upTo - before);
    }

    private static int CountLiveBefore(TreeView tree, ReadOnlySpan<byte> key)
    {
        int count = 0;
        TreeNode node = tree.Root;
        while (node is InnerNode inner)
        {
            int index = inner.ChildFor(key);
            count += inner.LiveCountBefore(index);
            node = inner.Children[index];
        }

        var leaf = (LeafNode)node;
        return count + leaf.LiveCountBefore(leaf.LowerBound(tree.Records, key));
    }
}
