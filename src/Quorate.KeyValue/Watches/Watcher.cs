namespace Quorate.KeyValue.Watches;

/// <summary>One interest in a range of keys. The hub that made it owns what is in it.</summary>
public sealed class Watcher
{
    private const int BacklogCapacityKept = 16;

    private readonly List<WatchEvent> _backlog = [];

    internal Watcher(in WatcherOptions options, IWatcherOwner owner)
    {
        Options = options;
        Owner = owner;
        NextRevision = options.StartRevision;
    }

    /// <summary>What it wants.</summary>
    public WatcherOptions Options { get; }

    /// <summary>Where it is.</summary>
    public WatcherState State { get; internal set; }

    /// <summary>Whether nothing waits to be taken: all that was delivered, it has told.</summary>
    public bool IsSynced => State == WatcherState.Live && _backlog.Count == 0;

    /// <summary>Bytes of events that wait to be taken; never above <see cref="WatchHubOptions.WatcherBacklogBytesMax"/>.</summary>
    public int BacklogBytes { get; private set; }

    internal IWatcherOwner Owner { get; }

    /// <summary>
    /// What is below is not its business or is in the backlog or taken. Of one that is behind, where history is read next.
    /// </summary>
    internal long NextRevision { get; set; }

    internal int BacklogCount => _backlog.Count;

    /// <summary>Whether the owner has been told and has not yet taken all.</summary>
    internal bool IsSignalled { get; set; }

    /// <summary>Where the index has it, while it is live.</summary>
    internal WatcherGroup? Group { get; set; }

    /// <summary>Its place in <see cref="Group"/>.</summary>
    internal int PlaceInGroup { get; set; }

    internal void Add(WatchEvent change, int sizeBytes)
    {
        _backlog.Add(change);
        BacklogBytes += sizeBytes;
    }

    /// <summary>Takes back what came of a revision that cannot come whole.</summary>
    internal int DropFrom(long revision)
    {
        int kept = _backlog.Count;
        while (kept > 0 && _backlog[kept - 1].Revision >= revision)
        {
            kept--;
            BacklogBytes -= _backlog[kept].SizeBytes(Options.WantsPrevious);
        }

        int dropped = _backlog.Count - kept;
        _backlog.RemoveRange(kept, dropped);
        return dropped;
    }

    internal void MoveBacklogTo(List<WatchEvent> taken)
    {
        taken.AddRange(_backlog);
        ClearBacklog();
    }

    internal void ClearBacklog()
    {
        _backlog.Clear();
        BacklogBytes = 0;
        if (_backlog.Capacity > BacklogCapacityKept)
        {
            _backlog.Capacity = BacklogCapacityKept;
        }
    }
}
