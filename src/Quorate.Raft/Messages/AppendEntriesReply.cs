namespace Quorate.Raft.Messages;

/// <summary>AppendEntries RPC, results (paper figure 2), with what makes a lagging follower cheap to find.</summary>
public sealed record AppendEntriesReply : Message
{
    /// <summary>Whether the follower's log holds <see cref="Previous"/>.</summary>
    public required bool Success { get; init; }

    /// <summary>The position that the request named as the one before its entries: tells which request this answers.</summary>
    public required LogPosition Previous { get; init; }

    /// <summary>On success: up to here the follower's log is known to equal the leader's <b>and is on its disk</b> (spec L4).</summary>
    public long MatchIndex { get; init; }

    /// <summary>
    /// On refusal: a position at or before <see cref="Previous"/> at which the logs may meet: the follower's last entry
    /// not after it and of no later term. Skips a whole term a round trip (paper §5.3, spec L2).
    /// </summary>
    public LogPosition Conflict { get; init; }

    /// <summary>The request's <see cref="AppendEntries.ReadRound"/>.</summary>
    public long ReadRound { get; init; }
}
