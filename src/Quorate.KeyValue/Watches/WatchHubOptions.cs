namespace Quorate.KeyValue.Watches;

/// <summary>Bounds of a <see cref="WatchHub"/>.</summary>
public sealed record WatchHubOptions
{
    /// <summary>
    /// Most bytes of events that wait for one watcher; one that would have more reads history instead. Small, since what
    /// waits holds memory, and history is in memory anyway.
    /// </summary>
    public int WatcherBacklogBytesMax { get; init; } = 64 << 10;

    /// <summary>Most bytes that a watcher that is behind is given at once, unless one revision has more.</summary>
    public int CatchUpBytesMax { get; init; } = 256 << 10;

    /// <summary>Most changes looked at in one step, of delivery or of reading history, unless one revision has more.</summary>
    public int StepChangesMax { get; init; } = 1000;

    /// <summary>
    /// Most events put into backlogs in one step, unless one revision has more: what bounds the time of a step where very
    /// many watch the same key.
    /// </summary>
    public int StepOffersMax { get; init; } = 20_000;

    /// <summary>
    /// Most bytes of events that are kept, while more than one watcher is behind, so that those who read the same part of
    /// history share what was made for the first.
    /// </summary>
    public int SharedHistoryBytesMax { get; init; } = 8 << 20;
}
