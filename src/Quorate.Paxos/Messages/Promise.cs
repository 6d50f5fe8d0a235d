namespace Quorate.Paxos.Messages;

/// <summary>
/// Phase 1(b): the acceptor will accept nothing below <see cref="Ballot"/> any more. That is on its disk.
/// </summary>
public sealed record Promise : PaxosMessage
{
    /// <summary>The number of the proposal that it is about.</summary>
    public required Ballot Ballot { get; init; }

    /// <summary>The proposal with the highest ballot that it has accepted, if any.</summary>
    public AcceptedProposal? Accepted { get; init; }
}
