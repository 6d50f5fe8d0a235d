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
}
