namespace Quorate.Replica;

/// <summary>How a proposal ended.</summary>
/// <param name="Status">Applied, certainly not, or unknown.</param>
/// <param name="Index">Where applied: its index.</param>
/// <param name="Term">Where applied: the term of its entry.</param>
/// <param name="Result">Where applied: what the state machine returned.</param>
public readonly record struct ProposalOutcome(ProposalStatus Status, long Index = 0, long Term = 0, object? Result = null);
