namespace Quorate.Raft.Messages;

/// <summary>RequestVote RPC, arguments (paper figure 2).</summary>
public sealed record RequestVote : Message
{
    /// <summary>The last entry of the candidate's log.</summary>
    public required LogPosition LastLog { get; init; }

    /// <summary>The leader asked for this election (thesis §3.10), so its followers need not protect it.</summary>
    public bool LeadershipTransfer { get; init; }
}
