namespace Quorate.Raft;

/// <summary>What a leader knows of one follower (paper figure 2, "volatile state on leaders").</summary>
/// <param name="Id">The follower.</param>
/// <param name="MatchIndex">Up to here its log is known to equal the leader's and to be on its disk.</param>
/// <param name="NextIndex">The next entry to send to it.</param>
/// <param name="Mode">How it is being sent to.</param>
/// <param name="IsActive">Whether it has answered since the last look (spec E5).</param>
/// <param name="Losses">How often it was found to have lost what it had acknowledged.</param>
public readonly record struct FollowerProgress(
    MemberId Id, long MatchIndex, long NextIndex, ProgressMode Mode, bool IsActive, int Losses);
