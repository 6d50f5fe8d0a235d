namespace Quorate.Raft;

/// <summary>How a request for a read index ended.</summary>
public enum ReadStatus
{
    /// <summary>A majority confirmed the leader after the request was made.</summary>
    Confirmed,

    /// <summary>No leader is known, or leadership changed before it was confirmed. Asking again is safe.</summary>
    NoLeader,

    /// <summary>Too many reads wait (<see cref="RaftOptions.WaitingReadsMax"/>).</summary>
    Overloaded,
}
