namespace Quorate.Paxos.Messages;

/// <summary>
/// Phase 2(b): the acceptor has accepted, and that is on its disk. It goes to the proposer, which is the distinguished
/// learner of its own proposals (§2.3).
/// </summary>
public sealed record Accepted : PaxosMessage
{
    /// <summary>The number of the proposal that it is about.</summary>
    public required Ballot Ballot { get; init; }
}
