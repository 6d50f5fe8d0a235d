namespace Quorate.Paxos;

/// <summary>A proposal that an acceptor has accepted (§2.2).</summary>
/// <param name="Ballot">Its number.</param>
/// <param name="Value">Its value.</param>
public sealed record AcceptedProposal(Ballot Ballot, Value Value);
