namespace Quorate.Replica;

/// <summary>What became of a request to hand over leadership.</summary>
public enum TransferOutcome
{
    /// <summary>The target leads now, as this member knows.</summary>
    Moved,

    /// <summary>The target led already.</summary>
    AlreadyLeader,

    /// <summary>This member is not the leader; only the leader can hand over.</summary>
    NotLeader,

    /// <summary>The target is not a voter of the current configuration.</summary>
    NotAVoter,

    /// <summary>Another transfer is under way.</summary>
    InProgress,

    /// <summary>The target was not seen to lead for two election timeouts; it may yet come to lead.</summary>
    TimedOut,

    /// <summary>The member is stopping, or has stopped; if the transfer had begun, the target may yet come to lead.</summary>
    Stopping,
}
