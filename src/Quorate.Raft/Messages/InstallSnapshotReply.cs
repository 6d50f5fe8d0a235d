namespace Quorate.Raft.Messages;

/// <summary>InstallSnapshot RPC, results, with the offset that lets an interrupted transfer go on (spec S2).</summary>
public sealed record InstallSnapshotReply : Message
{
    /// <summary>The snapshot's last entry, telling which transfer this answers.</summary>
    public required LogPosition LastIncluded { get; init; }

    /// <summary>The follower has the bytes before this offset, and wants the chunk that begins here.</summary>
    public required long NextOffset { get; init; }

    /// <summary>The snapshot is installed, or its last entry was there already: the log goes on after it.</summary>
    public bool Installed { get; init; }
}
