namespace Quorate.KeyValue.Watches;

/// <summary>
/// The events that were last made out of history, so that many who read the same part of it, as after a member was lost and
/// all its clients came here, share them and what they were encoded to. The oldest give way.
/// </summary>
internal sealed class SharedWatchEvents(long bytesMax)
{
    // Never enumerated.
    private readonly Dictionary<ChangePlace, WatchEvent> _events = [];
    private readonly Queue<(ChangePlace Change, int CostBytes)> _order = new();
    private long _bytes;

    /// <summary>The event that was made of a change; null where it is not kept.</summary>
    public WatchEvent? Find(KeyRevision change) => _events.GetValueOrDefault(ChangePlace.Of(change));

    /// <summary>Keeps an event, unless it is kept or is larger than all that may be.</summary>
    public void Keep(KeyRevision change, WatchEvent made, int sizeBytes)
    {
        // As encoded it takes about as much again.
        int costBytes = 2 * sizeBytes;
        var place = ChangePlace.Of(change);
        if (costBytes > bytesMax || !_events.TryAdd(place, made))
        {
            return;
        }

        _order.Enqueue((place, costBytes));
        _bytes += costBytes;
        while (_bytes > bytesMax)
        {
            (ChangePlace oldest, int freedBytes) = _order.Dequeue();
            _events.Remove(oldest);
            _bytes -= freedBytes;
        }
    }

    public void Clear()
    {
        if (_order.Count > 0)
        {
            _events.Clear();
            _order.Clear();
            _bytes = 0;
        }
    }

    /// <summary>What tells a change from all others of the store, as long as the store is the same.</summary>
    private readonly record struct ChangePlace(long ModRevision, int Sub)
    {
        public static ChangePlace Of(KeyRevision change) => new(change.ModRevision, change.Sub);
    }
}
