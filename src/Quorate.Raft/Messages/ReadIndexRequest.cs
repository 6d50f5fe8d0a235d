namespace Quorate.Raft.Messages;

/// <summary>A follower asks the leader for a read index (thesis §6.4, spec G2).</summary>
public sealed record ReadIndexRequest : Message
{
    /// <summary>The follower's number for all reads that it batched behind this request.</summary>
    public required long RequestId { get; init; }
}
