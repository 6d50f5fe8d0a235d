namespace Quorate.KeyValue.Tree;

/// <summary>Point reads and ranks in a tree that does not change meanwhile.</summary>
internal static class TreeReader
{
    /// <summary>The entry of a key, maybe a deleted one; null where there is none.</summary>
    public static KeyEntry? Find(TreeNode root, ReadOnlySpan<byte> key)
    {
        TreeNode node = root;
        while (node is InnerNode inner)
        {
            node = inner.Children[inner.ChildFor(key)];
        }

        var leaf = (LeafNode)node;
        int index = leaf.IndexOf(key);
        return index < 0 ? null : leaf.Entries[index];
    }

    /// <summary>Number of keys present in a range, in steps that grow with the depth of the tree only.</summary>
    public static long CountLive(TreeNode root, in KeyRange keys)
    {
        ReadOnlySpan<byte> start = keys.Start.Span;
        if (keys.End is not { } end)
        {
            return Find(root, start) is { Newest.IsTombstone: false } ? 1 : 0;
        }

        int before = CountLiveBefore(root, start);
        int upTo = end.IsEmpty ? root.LiveCount : CountLiveBefore(root, end.Span);

        // An end at or below the start makes an empty range.
        return Math.Max(0, upTo - before);
    }

    private static int CountLiveBefore(TreeNode root, ReadOnlySpan<byte> key)
    {
        int count = 0;
        TreeNode node = root;
        while (node is InnerNode inner)
        {
            int index = inner.ChildFor(key);
            count += inner.LiveCountBefore(index);
            node = inner.Children[index];
        }

        var leaf = (LeafNode)node;
        return count + leaf.LiveCountBefore(leaf.LowerBound(key));
    }
}
