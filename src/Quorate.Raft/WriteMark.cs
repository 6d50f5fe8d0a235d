namespace Quorate.Raft;

/// <summary>
/// The name of a write batch: what is on disk once it is flushed, if nothing was replaced meanwhile. What a flushed batch
/// vouches for is <see cref="PendingWrites"/>' to say.
/// </summary>
/// <param name="HardState">The term and vote that it leaves on disk.</param>
/// <param name="Last">The last entry of the log as it was when the batch was handed out.</param>
public readonly record struct WriteMark(HardState HardState, LogPosition Last);
