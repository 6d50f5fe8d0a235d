namespace Quorate.Replica;

/// <summary>
/// How a proposal ended. Only the values before <see cref="Unknown"/> other than <see cref="Applied"/> say that it
/// never takes effect; nobody is told "failed" of a write that may yet commit (spec W2).
/// </summary>
public enum ProposalStatus
{
    /// <summary>Committed and applied on this member.</summary>
    Applied,

    /// <summary>Certainly not carried out: no leader is known (spec W3).</summary>
    NoLeader,

    /// <summary>Certainly not carried out: this member does not lead and was told not to forward.</summary>
    NotLeader,

    /// <summary>Certainly not carried out: a queue is full.</summary>
    Overloaded,

    /// <summary>Certainly not carried out: leadership is being handed over.</summary>
    Transferring,

    /// <summary>Certainly not carried out: it is larger than a command may be.</summary>
    TooLarge,

    /// <summary>Certainly not carried out: a new leader put another entry in its place.</summary>
    Superseded,

    /// <summary>Not known: no outcome within the timeout.</summary>
    Unknown,

    /// <summary>Not known: the member is stopping.</summary>
    Stopping,
}
