namespace Quorate.Paxos.Messages;

/// <summary>Phase 1(a): a proposer asks for a promise, and for what was accepted before.</summary>
public sealed record Prepare : PaxosMessage
{
    /// <summary>The number of the proposal that it is about.</summary>
    public required Ballot Ballot { get; init; }
}
