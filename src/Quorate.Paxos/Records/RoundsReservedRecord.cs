namespace Quorate.Paxos.Records;

/// <summary>
/// The member may use rounds up to this one; after a restart it goes on above, so that it never issues two
/// proposals of one number (§2.5, where a proposer keeps the highest number that it has tried). A bound serves as well, and
/// costs a flush for many proposals instead of one for each.
/// </summary>
/// <param name="Round">The last round that it may use.</param>
public sealed record RoundsReservedRecord(long Round) : StableRecord;
