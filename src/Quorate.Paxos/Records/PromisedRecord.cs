namespace Quorate.Paxos.Records;

/// <summary>The acceptor of an instance has promised a ballot.</summary>
/// <param name="Instance">Which.</param>
/// <param name="Ballot">What it has promised.</param>
public sealed record PromisedRecord(long Instance, Ballot Ballot) : StableRecord;
