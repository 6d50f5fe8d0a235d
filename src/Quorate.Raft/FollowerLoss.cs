namespace Quorate.Raft;

/// <summary>A follower does not have any more what it has acknowledged to this leader.</summary>
/// <param name="Id">The follower.</param>
/// <param name="AcknowledgedIndex">Up to here it had told that it has the leader's log on its disk.</param>
/// <param name="MeetingIndex">Beyond this it is certain to have lost it, perhaps before.</param>
public readonly record struct FollowerLoss(MemberId Id, long AcknowledgedIndex, long MeetingIndex);
