namespace Quorate.Raft.Messages;

/// <summary>RequestVote RPC, results (paper figure 2).</summary>
public sealed record RequestVoteReply : Message
{
    /// <summary>Whether the candidate has the vote, which is then on the voter's disk.</summary>
    public required bool VoteGranted { get; init; }
}
