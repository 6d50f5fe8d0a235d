namespace Quorate.Raft.Messages;

/// <summary>The leader asks a caught-up follower to start an election at once (thesis §3.10).</summary>
public sealed record TimeoutNow : Message;
