namespace Quorate.KeyValue.Watches;

/// <summary>Kinds of changes that a watcher does not want to hear of.</summary>
[Flags]
public enum WatchFilters
{
    /// <summary>It wants all.</summary>
    None = 0,

    /// <summary>No writes.</summary>
    NoPut = 1,

    /// <summary>No deletions.</summary>
    NoDelete = 2,
}
