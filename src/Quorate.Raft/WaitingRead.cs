namespace Quorate.Raft;

/// <summary>A read at the leader that waits for confirmation.</summary>
/// <param name="From">The member that asked; the leader itself for its own host.</param>
/// <param name="Id">The host's id, or the number of the follower's request.</param>
internal readonly record struct WaitingRead(MemberId From, long Id);
