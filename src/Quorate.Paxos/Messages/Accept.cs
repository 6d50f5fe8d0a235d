namespace Quorate.Paxos.Messages;

/// <summary>Phase 2(a): a proposer asks acceptors to accept a value. One ballot goes with one value only.</summary>
public sealed record Accept : PaxosMessage
{
    /// <summary>The number of the proposal that it is about.</summary>
    public required Ballot Ballot { get; init; }

    /// <summary>The value of the proposal.</summary>
    public required Value Value { get; init; }
}
