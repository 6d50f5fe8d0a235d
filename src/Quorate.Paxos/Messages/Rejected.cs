namespace Quorate.Paxos.Messages;

/// <summary>
/// The acceptor has promised a higher ballot. The algorithm would be safe without this answer; it spares the proposer
/// the wait and lets it give up a proposal that cannot succeed (end of §2.2).
/// </summary>
public sealed record Rejected : PaxosMessage
{
    /// <summary>The number of the proposal that it is about.</summary>
    public required Ballot Ballot { get; init; }

    /// <summary>What the acceptor has promised.</summary>
    public required Ballot Promised { get; init; }
}
