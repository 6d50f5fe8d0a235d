namespace Quorate.Raft;

/// <summary>
/// What is on disk once a write batch is flushed. It names term and index, not index alone, since what was written
/// may have been overwritten in memory meanwhile.
/// </summary>
/// <param name="HardState">The term and vote that are then durable.</param>
/// <param name="Last">The last entry of the log that is then durable.</param>
public readonly record struct WriteMark(HardState HardState, LogPosition Last);
