namespace Quorate.Raft;

/// <summary>What a server finds on its disk when it starts (paper figure 2, "persistent state on all servers").</summary>
public sealed record RestoredState
{
    /// <summary>Term and vote.</summary>
    public HardState HardState { get; init; }

    /// <summary>The newest snapshot, whose state the state machine has been given; null when there is none.</summary>
    public SnapshotMetadata? Snapshot { get; init; }

    /// <summary>The configuration at the start of the log, where there is no snapshot.</summary>
    public required Configuration InitialConfiguration { get; init; }

    /// <summary>
    /// The log, in order without a gap. It may begin at or before the snapshot's last entry (a tail kept for slow
    /// followers), and never begins after the entry that follows the snapshot.
    /// </summary>
    public IReadOnlyList<Entry> Entries { get; init; } = [];
}
