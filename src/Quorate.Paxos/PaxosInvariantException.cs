namespace Quorate.Paxos;

/// <summary>
/// Something happened that the algorithm rules out: a bug, a member that does not follow the protocol, or a disk that
/// forgot. The member must stop.
/// </summary>
public sealed class PaxosInvariantException : Exception
{
    /// <summary>Says what was found and what should hold.</summary>
    public PaxosInvariantException(string message)
        : base(message)
    {
    }
}
