namespace Quorate.Raft.Messages;

/// <summary>The leader's answer to <see cref="ReadIndexRequest"/>.</summary>
public sealed record ReadIndexReply : Message
{
    /// <summary>The request's number.</summary>
    public required long RequestId { get; init; }

    /// <summary>Confirmed, or why not.</summary>
    public required ReadStatus Status { get; init; }

    /// <summary>If confirmed, the read index.</summary>
    public long Index { get; init; }
}
