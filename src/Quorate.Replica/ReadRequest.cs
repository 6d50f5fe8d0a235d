namespace Quorate.Replica;

/// <summary>
/// A wish to read this member's state at a consistency (spec G1). Ends in exactly one call of <see cref="Completed"/>,
/// on the replica's loop, which must not block; the read itself may then happen on any thread.
/// </summary>
public abstract class ReadRequest
{
    /// <summary>Creates a request.</summary>
    protected ReadRequest(ReadConsistency consistency, TimeSpan timeout)
    {
        Consistency = consistency;
        Timeout = timeout;
    }

    /// <summary>What the state must reflect.</summary>
    public ReadConsistency Consistency { get; }

    /// <summary>With <see cref="ReadConsistency.Bounded"/>: the applied index that the client has seen.</summary>
    public long TokenIndex { get; init; }

    /// <summary>How long to wait.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The request has ended. When it says <see cref="ReadOutcome.Ready"/>, the state now is good enough, and so is any later one.</summary>
    protected internal abstract void Completed(ReadOutcome outcome);
}
