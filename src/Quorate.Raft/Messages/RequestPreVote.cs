namespace Quorate.Raft.Messages;

/// <summary>"Would you vote for me in <see cref="Message.Term"/>?" Changes nothing at either side (thesis §9.6, spec E4).</summary>
public sealed record RequestPreVote : Message
{
    /// <summary>The last entry of the would-be candidate's log.</summary>
    public required LogPosition LastLog { get; init; }
}
