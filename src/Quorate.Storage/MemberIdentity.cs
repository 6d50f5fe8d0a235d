namespace Quorate.Storage;

/// <summary>Whose data folder it is. Written once, at the first start, and checked at every later one.</summary>
/// <param name="ClusterId">The cluster.</param>
/// <param name="MemberId">The member of it.</param>
/// <param name="Group">The Raft group; zero where there is one.</param>
public readonly record struct MemberIdentity(ulong ClusterId, ulong MemberId, uint Group = 0);
