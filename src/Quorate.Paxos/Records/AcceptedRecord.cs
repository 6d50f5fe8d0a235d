namespace Quorate.Paxos.Records;

/// <summary>The acceptor of an instance has accepted a proposal, and with that promised its ballot.</summary>
/// <param name="Instance">Which.</param>
/// <param name="Proposal">What it has accepted.</param>
public sealed record AcceptedRecord(long Instance, AcceptedProposal Proposal) : StableRecord;
