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

    /// <summary>
    /// Whether the follower is to say that its log holds <see cref="Previous"/>. False where the leader knows that it
    /// does, and only tells of a commit: that is half of all messages where commits come one by one. That it does
    /// <b>not</b> is said in any case.
    /// </summary>
    public bool WantsAnswer { get; init; } = true;
}
