namespace Quorate.Runtime;

/// <summary>What the listening side says to a greeting. The numbers are part of the protocol.</summary>
internal enum PeerAnswer : ushort
{
    /// <summary>Frames may be sent.</summary>
    Welcome = 0,

    /// <summary>The greeting's protocol version is not spoken here; the answer carries the one that is.</summary>
    UnsupportedVersion = 1,

    /// <summary>The greeting's checksum is wrong.</summary>
    Damaged = 2,

    /// <summary>The greeting is for another cluster; the answer carries the right one.</summary>
    OtherCluster = 3,

    /// <summary>The greeting is for another member; the answer carries who listens here.</summary>
    OtherMember = 4,

    /// <summary>The greeting says that it comes from the very member that listens here.</summary>
    SameMember = 5,
}
