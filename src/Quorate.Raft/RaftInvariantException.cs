namespace Quorate.Raft;

/// <summary>
/// Something happened that the algorithm rules out: a bug here, a peer that does not follow the protocol, or a disk that
/// forgot. The server must stop; going on could lose what others were promised.
/// </summary>
public sealed class RaftInvariantException : Exception
{
    /// <summary>Without a text; not used by the algorithm.</summary>
    public RaftInvariantException()
    {
    }

    /// <summary>Says what was found and what should hold.</summary>
    public RaftInvariantException(string message)
        : base(message)
    {
    }

    /// <summary>Says what was found, and why.</summary>
    public RaftInvariantException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
