namespace Quorate.KeyValue.Watches;

/// <summary>Where a watcher is.</summary>
public enum WatcherState
{
    /// <summary>It is told of changes as they are delivered.</summary>
    Live,

    /// <summary>It reads history, at the pace of whoever takes from it.</summary>
    Behind,

    /// <summary>It was removed, or the history that it needs is gone.</summary>
    Ended,
}
