using Quorate.KeyValue.Watches;

namespace Quorate.Etcd.Watches;

/// <summary>A watch of a stream.</summary>
internal sealed class StreamWatch(WatchStream stream, long id, bool isFragmented, bool wantsProgress, int keyBytes) : IWatcherOwner
{
    public long Id { get; } = id;

    /// <summary>Set as soon as there is one, and before anybody may take from it.</summary>
    public Watcher Watcher { get; set; } = null!;

    /// <summary>Whether responses above the limit are to be split.</summary>
    public bool IsFragmented { get; } = isFragmented;

    /// <summary>Whether it wants to hear how far it is, now and then.</summary>
    public bool WantsProgress { get; } = wantsProgress;

    /// <summary>Bytes of its range.</summary>
    public int KeyBytes { get; } = keyBytes;

    /// <summary>Whether it has heard anything since it would last have been told.</summary>
    public bool HasHeard { get; set; }

    /// <summary>Whether its client has been told of its end: nothing more may come of it.</summary>
    public bool HasEnded { get; set; }

    void IWatcherOwner.Signal(Watcher watcher) => stream.Signal(this);
}
