namespace Quorate.Replica;

/// <summary>
/// A wish to read this member's state at a consistency (spec G1). Ends in exactly one call of <see cref="Completed"/>,
/// on the replica's loop, which must not block; the read itself may then happen on any thread.
/// </summary>
public abstract class ReadRequest : ReplicaRequest
{
    /// <summary>Creates a request.</summary>
    protected ReadRequest(ReadConsistency consistency, TimeSpan timeout)
        : base(timeout)
    {
        Consistency = consistency;
    }

    /// <summary>What the state must reflect.</summary>
    public ReadConsistency Consistency { get; }

    /// <summary>With <see cref="ReadConsistency.Bounded"/>: the applied index that the client has seen.</summary>
    public long TokenIndex { get; init; }

    /// <summary>Orders requests with the same token by arrival.</summary>
    internal long Arrival { get; set; }

    /// <summary>Whether the leader has been asked for its read index.</summary>
    internal bool IsAsked { get; set; }

    /// <summary>The request has ended. When it says <see cref="ReadOutcome.Ready"/>, the state now is good enough, and so is any later one.</summary>
    protected internal abstract void Completed(ReadOutcome outcome);
}
