namespace Quorate.Etcd.Commands;

/// <summary>
/// What a command asks for: its first byte. A number keeps its meaning for ever, since logs hold it; whatever is to
/// mean something else, or to carry other bytes, gets a new number.
/// </summary>
internal enum CommandKind : byte
{
    /// <summary>Never written, so that zeros are not taken for a command.</summary>
    None = 0,

    /// <summary>A <see cref="Protocol.PutRequest"/>.</summary>
    Put = 1,

    /// <summary>A <see cref="Protocol.DeleteRangeRequest"/>.</summary>
    DeleteRange = 2,

    /// <summary>A <see cref="Protocol.TxnRequest"/>.</summary>
    Transaction = 3,

    /// <summary>A <see cref="Protocol.CompactionRequest"/>.</summary>
    Compact = 4,

    // 16 to 31 are kept for leases, 32 to 63 for users and roles, 64 on for the cluster itself.

    /// <summary>A <see cref="Protocol.LeaseGrantRequest"/>, with the id and time to live that it is to have.</summary>
    LeaseGrant = 16,

    /// <summary>A <see cref="Protocol.LeaseRevokeRequest"/>.</summary>
    LeaseRevoke = 17,

    /// <summary>A <see cref="Protocol.LeaseKeepAliveRequest"/>.</summary>
    LeaseRenew = 18,

    /// <summary>A <see cref="LeaseBatch"/> of leases whose time is over.</summary>
    LeaseExpire = 19,

    /// <summary>A <see cref="LeaseBatch"/> of leases and the time that they have left.</summary>
    LeaseCheckpoint = 20,

    /// <summary>A <see cref="Protocol.Member"/>: what a member says about itself.</summary>
    MemberAttributes = 64,
}
