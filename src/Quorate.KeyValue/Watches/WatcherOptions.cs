namespace Quorate.KeyValue.Watches;

/// <summary>What a watcher wants to hear of.</summary>
/// <param name="Keys">Changes of these keys.</param>
/// <param name="StartRevision">From this revision on, which may be long past or not reached yet.</param>
/// <param name="Filters">Kinds of changes that are left out.</param>
/// <param name="WantsPrevious">Whether each change comes with what it replaced, as far as that is still known.</param>
public readonly record struct WatcherOptions(
    KeyRange Keys, long StartRevision, WatchFilters Filters = WatchFilters.None, bool WantsPrevious = false)
{
    internal bool Admits(KeyValueEventKind kind) =>
        (Filters & (kind == KeyValueEventKind.Put ? WatchFilters.NoPut : WatchFilters.NoDelete)) == 0;
}
