namespace Quorate.KeyValue.Watches;

/// <summary>What a take came to.</summary>
public enum WatcherTakeKind
{
    /// <summary>All that there was is taken, and it is complete up to the revision that goes with it.</summary>
    Drained,

    /// <summary>There is more, or there may be: take again.</summary>
    More,

    /// <summary>What should come next is compacted: the watcher has ended.</summary>
    Compacted,
}
