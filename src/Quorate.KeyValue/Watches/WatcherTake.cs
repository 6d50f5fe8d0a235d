namespace Quorate.KeyValue.Watches;

/// <summary>The outcome of <see cref="WatchHub.Take"/>.</summary>
/// <param name="Kind">Whether to go on.</param>
/// <param name="Revision">Everything up to this revision has been taken; where history is gone, the compact revision.</param>
public readonly record struct WatcherTake(WatcherTakeKind Kind, long Revision);
