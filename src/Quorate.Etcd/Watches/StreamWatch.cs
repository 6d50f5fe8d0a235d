using Quorate.KeyValue.Watches;

namespace Quorate.Etcd.Watches;

/// <summary>A watch of a stream.</summary>
internal sealed class StreamWatch(long id, Watcher watcher, bool isFragmented, bool wantsProgress, int keyBytes)
{
    public long Id { get; } = id;

    public Watcher Watcher { get; } = watcher;

    /// <summary>Whether responses above the limit are to be split.</summary>
    public bool IsFragmented { get; } = isFragmented;

    /// <summary>Whether it wants to hear how far it is, now and then.</summary>
    public bool WantsProgress { get; } = wantsProgress;

    /// <summary>Bytes of its range.</summary>
    public int KeyBytes { get; } = keyBytes;

    /// <summary>Whether it has heard anything since it would last have been told.</summary>
    public bool HasHeard { get; set; }
}
