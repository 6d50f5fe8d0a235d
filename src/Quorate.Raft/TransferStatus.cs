namespace Quorate.Raft;

/// <summary>What became of a request to hand over leadership, at once.</summary>
public enum TransferStatus
{
    /// <summary>Under way; bounded by one election timeout, after which the leader takes writes again (spec E6).</summary>
    Started,

    /// <summary>The target leads already.</summary>
    AlreadyLeader,

    /// <summary>This server is not the leader.</summary>
    NotLeader,

    /// <summary>The target is not a voter of the current configuration.</summary>
    NotAVoter,

    /// <summary>Another transfer is under way.</summary>
    InProgress,
}
