namespace Quorate.Runtime;

/// <summary>What happened to a replica.</summary>
internal enum InboxItemKind : byte
{
    /// <summary>Work on a lane has ended.</summary>
    Completion,

    /// <summary>A frame has come from a peer.</summary>
    Frame,

    /// <summary>The connection of a peer has ended.</summary>
    ConnectionLost,

    /// <summary>A client proposes.</summary>
    Proposal,

    /// <summary>A client wants to read.</summary>
    Read,

    /// <summary>Leadership is to be handed over.</summary>
    Transfer,

    /// <summary>A snapshot is wanted now.</summary>
    Snapshot,
}
