namespace Quorate.Raft;

/// <summary>Why a proposal was or was not appended to the leader's log.</summary>
public enum ProposeStatus
{
    /// <summary>In the leader's log; its fate is decided when that position is applied.</summary>
    Accepted,

    /// <summary>This server is not the leader.</summary>
    NotLeader,

    /// <summary>Leadership is being handed over (thesis §3.10); try again in a moment.</summary>
    Transferring,

    /// <summary>Too many bytes are waiting to be committed (<see cref="RaftOptions.UncommittedBytesMax"/>).</summary>
    Overloaded,
}
