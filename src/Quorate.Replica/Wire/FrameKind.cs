namespace Quorate.Replica.Wire;

/// <summary>What a frame carries. The values are on the wire and never change their meaning.</summary>
internal enum FrameKind : byte
{
    RequestPreVote = 1,
    RequestPreVoteReply = 2,
    RequestVote = 3,
    RequestVoteReply = 4,
    AppendEntries = 5,
    AppendEntriesReply = 6,
    InstallSnapshot = 7,
    InstallSnapshotReply = 8,
    TimeoutNow = 9,
    ReadIndexRequest = 10,
    ReadIndexReply = 11,
    ForwardProposals = 12,
    ForwardRefused = 13,
    Introduction = 14,
}
