namespace Quorate.KeyValue.Watches;

/// <summary>
/// One change on its way to watchers. Watchers that wait for the same change share one, and so what it was encoded to.
/// </summary>
public sealed class WatchEvent
{
    /// <summary>What an event costs in a backlog beside the bytes it holds on to.</summary>
    internal const int OverheadBytes = 64;

    private readonly int _sizeBytes;
    private bool _isPreviousKnown;
    private object? _encoded;
    private object? _encodedWithPrevious;

    internal WatchEvent(in KeyValueEvent change)
    {
        Change = change;
        _sizeBytes = OverheadBytes + change.Record.Key.Length + change.Record.Value.Length;
    }

    /// <summary>The change.</summary>
    public KeyValueEvent Change { get; }

    /// <summary>Its revision.</summary>
    public long Revision => Change.Revision;

    /// <summary>
    /// What it replaced; null when the key was absent, when that is compacted, or when no watcher that shares this
    /// asked for it.
    /// </summary>
    public KeyValueRecord? Previous { get; private set; }

    /// <summary>The change as bytes or whatever is sent; made on the first call, and the same from then on.</summary>
    /// <param name="encoder">Makes it.</param>
    /// <param name="withPrevious">Whether with what it replaced.</param>
    public TEncoded Encode<TEncoded>(IWatchEventEncoder<TEncoded> encoder, bool withPrevious)
        where TEncoded : class
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ref object? encoded = ref _encoded;
        if (withPrevious && Previous is not null)
        {
            encoded = ref _encodedWithPrevious;
        }

        encoded ??= encoder.Encode(Change, withPrevious ? Previous : null);
        return (TEncoded)encoded;
    }

    internal void LookUpPrevious(StoreHistory version, KeyRevision change)
    {
        if (!_isPreviousKnown)
        {
            _isPreviousKnown = true;
            Previous = version.Previous(change);
        }
    }

    /// <summary>What it counts for in the backlog of a watcher.</summary>
    internal int SizeBytes(bool withPrevious) =>
        _sizeBytes + (withPrevious && Previous is { } previous ? previous.Key.Length + previous.Value.Length : 0);
}
