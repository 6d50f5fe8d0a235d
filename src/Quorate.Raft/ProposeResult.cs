namespace Quorate.Raft;

/// <summary>What became of a proposal at once. Only <see cref="ProposeStatus.Accepted"/> may ever commit.</summary>
/// <param name="Status">Accepted, or why not.</param>
/// <param name="Position">Where in the log it stands, if accepted.</param>
public readonly record struct ProposeResult(ProposeStatus Status, LogPosition Position);
