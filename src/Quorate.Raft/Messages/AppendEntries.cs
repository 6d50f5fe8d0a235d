namespace Quorate.Raft.Messages;

/// <summary>AppendEntries RPC, arguments (paper figure 2). Without entries it is a heartbeat.</summary>
public sealed record AppendEntries : Message
{
    /// <summary>The entry right before the new ones.</summary>
    public required LogPosition Previous { get; init; }

    /// <summary>Entries to store; empty for a heartbeat.</summary>
    public ReadOnlyMemory<Entry> Entries { get; init; }

    /// <summary>The leader's commit index.</summary>
    public required long CommitIndex { get; init; }

    /// <summary>
    /// The newest round of leadership confirmation (thesis §6.4): echoed in the reply, so that one round serves all
    /// reads that waited when it began.
    /// </summary>
    public long ReadRound { get; init; }
}
