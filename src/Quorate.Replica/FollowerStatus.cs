using Quorate.Raft;

namespace Quorate.Replica;

/// <summary>How far a follower is, as its leader sees it.</summary>
/// <param name="Id">The follower.</param>
/// <param name="MatchIndex">Its log is known to equal the leader's up to here, on its disk.</param>
/// <param name="IsActive">Whether it has answered within the last election timeout.</param>
/// <param name="ReceivesSnapshot">Whether it is being sent a snapshot.</param>
public readonly record struct FollowerStatus(MemberId Id, long MatchIndex, bool IsActive, bool ReceivesSnapshot);
