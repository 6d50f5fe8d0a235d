namespace Quorate.KeyValue.Watches;

/// <summary>The live watchers of one range, and the place of the range in the <see cref="WatcherIndex"/>.</summary>
internal sealed class WatcherGroup(ReadOnlyMemory<byte> start, ReadOnlyMemory<byte>? end)
{
    private readonly List<Watcher> _watchers = [];

    /// <summary>First key.</summary>
    public ReadOnlyMemory<byte> Start { get; } = start;

    /// <summary>First key beyond; null where there is no end.</summary>
    public ReadOnlyMemory<byte>? End { get; } = end;

    public int Count => _watchers.Count;

    // Of the tree.
    public WatcherGroup? Left { get; set; }

    public WatcherGroup? Right { get; set; }

    public int Height { get; set; } = 1;

    /// <summary>The largest <see cref="End"/> of this and all below; null where there is no end.</summary>
    public ReadOnlyMemory<byte>? EndMax { get; set; } = end;

    /// <summary>In no order that means anything, though the same after the same calls.</summary>
    public Watcher this[int place] => _watchers[place];

    public void Add(Watcher watcher)
    {
        watcher.Group = this;
        watcher.PlaceInGroup = _watchers.Count;
        _watchers.Add(watcher);
    }

    /// <summary>The last takes its place, so whoever walks backwards may remove the one it is at.</summary>
    public void Remove(Watcher watcher)
    {
        Watcher last = _watchers[^1];
        _watchers[watcher.PlaceInGroup] = last;
        last.PlaceInGroup = watcher.PlaceInGroup;
        _watchers.RemoveAt(_watchers.Count - 1);
        watcher.Group = null;
    }

    public int CompareTo(ReadOnlySpan<byte> start, in ReadOnlyMemory<byte>? end)
    {
        int order = Start.Span.SequenceCompareTo(start);
        return order != 0 ? order : CompareEnds(End, end);
    }

    public static int CompareEnds(in ReadOnlyMemory<byte>? one, in ReadOnlyMemory<byte>? other)
    {
        if (one is not { } left)
        {
            return other is null ? 0 : 1;
        }

        return other is { } right ? left.Span.SequenceCompareTo(right.Span) : -1;
    }
}
