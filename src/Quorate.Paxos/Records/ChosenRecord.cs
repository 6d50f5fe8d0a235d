namespace Quorate.Paxos.Records;

/// <summary>
/// A value was chosen. The only record that may be lost: a majority of acceptors holds the value and can tell it again.
/// </summary>
/// <param name="Instance">Where.</param>
/// <param name="Value">What.</param>
public sealed record ChosenRecord(long Instance, Value Value) : StableRecord;
