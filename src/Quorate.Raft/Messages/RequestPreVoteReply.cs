namespace Quorate.Raft.Messages;

/// <summary>
/// Answers <see cref="RequestPreVote"/>. Granted, it carries the term that was asked about; refused, the voter's own.
/// </summary>
public sealed record RequestPreVoteReply : Message
{
    /// <summary>Whether the voter would grant its vote.</summary>
    public required bool VoteGranted { get; init; }
}
