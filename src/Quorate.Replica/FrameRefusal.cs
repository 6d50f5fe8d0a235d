namespace Quorate.Replica;

/// <summary>Why a frame was not taken in. It is counted and told to the listener, and harms nothing.</summary>
public enum FrameRefusal
{
    /// <summary>Not refused.</summary>
    None,

    /// <summary>Larger than <see cref="ReplicaOptions.FrameBytesMax"/>.</summary>
    TooLarge,

    /// <summary>Cut short, or longer than what it says it holds.</summary>
    Truncated,

    /// <summary>It does not begin as a frame does.</summary>
    NotAFrame,

    /// <summary>A version of the format that this program does not know.</summary>
    UnknownVersion,

    /// <summary>Its checksum is wrong.</summary>
    Damaged,

    /// <summary>A kind of message that this program does not know.</summary>
    UnknownKind,

    /// <summary>Its fields contradict each other or the limits.</summary>
    Malformed,

    /// <summary>It belongs to another cluster.</summary>
    OtherCluster,

    /// <summary>It belongs to another Raft group.</summary>
    OtherGroup,

    /// <summary>It is for another member.</summary>
    OtherMember,

    /// <summary>It names another sender than the connection it came by.</summary>
    OtherSender,

    /// <summary>The sender comes with another data folder than before: it has lost what it promised with the first.</summary>
    OtherDataFolder,

    /// <summary>The sender knows this member by another data folder than the one it has now.</summary>
    ReplacedDataFolder,
}
