namespace Quorate.KeyValue.Watches;

/// <summary>Whoever takes what watchers have to tell.</summary>
public interface IWatcherOwner
{
    /// <summary>
    /// There is something to take: <see cref="WatchHub.Take"/>. Said once, and again only after a take that left
    /// nothing. Called at the end of a call of the hub, which may be called back.
    /// </summary>
    void Signal(Watcher watcher);
}
