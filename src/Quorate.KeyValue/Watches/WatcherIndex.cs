namespace Quorate.KeyValue.Watches;

/// <summary>
/// Finds the watchers of a key: an interval tree, that is a balanced (AVL) search tree of ranges by their start, in which
/// each node knows the largest end below it. Watchers of one and the same range share a node.
/// </summary>
/// <remarks>
/// The search leaves out what lies wholly to the right of the key, and each part whose ranges all end before it, so it
/// costs about (ranges found + 1) × the height. A single key k is the range up to k followed by a zero byte.
/// </remarks>
internal sealed class WatcherIndex
{
    private WatcherGroup? _root;

    /// <summary>Watchers in it.</summary>
    public int Count { get; private set; }

    public void Add(Watcher watcher)
    {
        (ReadOnlyMemory<byte> start, ReadOnlyMemory<byte>? end) = BoundsOf(watcher.Options.Keys);
        WatcherGroup? group = _root;
        while (group is not null)
        {
            int order = group.CompareTo(start.Span, end);
            if (order == 0)
            {
                break;
            }

            group = order > 0 ? group.Left : group.Right;
        }

        if (group is null)
        {
            group = new WatcherGroup(start, end);
            _root = Insert(_root, group);
        }

        group.Add(watcher);
        Count++;
    }

    public void Remove(Watcher watcher)
    {
        WatcherGroup group = watcher.Group!;
        group.Remove(watcher);
        Count--;
        if (group.Count == 0)
        {
            _root = Remove(_root!, group);
        }
    }

    /// <summary>Adds the groups of all ranges that a key lies in, in order of the ranges.</summary>
    public void Find(ReadOnlySpan<byte> key, List<WatcherGroup> found) => Find(_root, key, found);

    /// <summary>Adds all watchers.</summary>
    public void CopyTo(List<Watcher> watchers) => CopyTo(_root, watchers);

    private static void CopyTo(WatcherGroup? group, List<Watcher> watchers)
    {
        if (group is null)
        {
            return;
        }

        CopyTo(group.Left, watchers);
        for (int place = 0; place < group.Count; place++)
        {
            watchers.Add(group[place]);
        }

        CopyTo(group.Right, watchers);
    }

    private static (ReadOnlyMemory<byte> Start, ReadOnlyMemory<byte>? End) BoundsOf(in KeyRange keys)
    {
        if (keys.End is not { } end)
        {
            byte[] bounds = new byte[keys.Start.Length + 1];
            keys.Start.CopyTo(bounds);
            return (bounds.AsMemory(0, keys.Start.Length), bounds);
        }

        return (keys.Start, end.IsEmpty ? default(ReadOnlyMemory<byte>?) : end);
    }

    private static void Find(WatcherGroup? group, ReadOnlySpan<byte> key, List<WatcherGroup> found)
    {
        while (group is not null && IsBefore(key, group.EndMax))
        {
            Find(group.Left, key, found);
            if (key.SequenceCompareTo(group.Start.Span) < 0)
            {
                return;
            }

            if (IsBefore(key, group.End))
            {
                found.Add(group);
            }

            group = group.Right;
        }
    }

    private static bool IsBefore(ReadOnlySpan<byte> key, in ReadOnlyMemory<byte>? end) =>
        end is not { } bytes || key.SequenceCompareTo(bytes.Span) < 0;

    private static WatcherGroup Insert(WatcherGroup? node, WatcherGroup added)
    {
        if (node is null)
        {
            return added;
        }

        if (node.CompareTo(added.Start.Span, added.End) > 0)
        {
            node.Left = Insert(node.Left, added);
        }
        else
        {
            node.Right = Insert(node.Right, added);
        }

        return Balance(node);
    }

    private static WatcherGroup? Remove(WatcherGroup node, WatcherGroup removed)
    {
        if (ReferenceEquals(node, removed))
        {
            if (node.Left is null || node.Right is null)
            {
                return node.Left ?? node.Right;
            }

            WatcherGroup next = node.Right;
            while (next.Left is { } smaller)
            {
                next = smaller;
            }

            WatcherGroup? right = Remove(node.Right, next);
            next.Left = node.Left;
            next.Right = right;
            return Balance(next);
        }

        if (node.CompareTo(removed.Start.Span, removed.End) > 0)
        {
            node.Left = Remove(node.Left!, removed);
        }
        else
        {
            node.Right = Remove(node.Right!, removed);
        }

        return Balance(node);
    }

    private static WatcherGroup Balance(WatcherGroup node)
    {
        int slant = HeightOf(node.Left) - HeightOf(node.Right);
        if (slant > 1)
        {
            if (HeightOf(node.Left!.Left) < HeightOf(node.Left.Right))
            {
                node.Left = RotateLeft(node.Left);
            }

            return RotateRight(node);
        }

        if (slant < -1)
        {
            if (HeightOf(node.Right!.Right) < HeightOf(node.Right.Left))
            {
                node.Right = RotateRight(node.Right);
            }

            return RotateLeft(node);
        }

        Summarize(node);
        return node;
    }

    private static WatcherGroup RotateRight(WatcherGroup node)
    {
        WatcherGroup top = node.Left!;
        node.Left = top.Right;
        Summarize(node);
        top.Right = node;
        Summarize(top);
        return top;
    }

    private static WatcherGroup RotateLeft(WatcherGroup node)
    {
        WatcherGroup top = node.Right!;
        node.Right = top.Left;
        Summarize(node);
        top.Left = node;
        Summarize(top);
        return top;
    }

    private static int HeightOf(WatcherGroup? node) => node?.Height ?? 0;

    private static void Summarize(WatcherGroup node)
    {
        node.Height = 1 + Math.Max(HeightOf(node.Left), HeightOf(node.Right));
        node.EndMax = node.End;
        if (node.Left is { } left && WatcherGroup.CompareEnds(left.EndMax, node.EndMax) > 0)
        {
            node.EndMax = left.EndMax;
        }

        if (node.Right is { } right && WatcherGroup.CompareEnds(right.EndMax, node.EndMax) > 0)
        {
            node.EndMax = right.EndMax;
        }
    }
}
