namespace Quorate.Replica.Wire;

/// <summary>What a frame carries. The values are on the wire and never change their meaning.</summary>
public enum FrameKind : byte
{
    /// <summary>None: no frame has this kind.</summary>
    None = 0,

    /// <summary>Whether the sender could win an election (thesis §9.6).</summary>
    RequestPreVote = 1,

    /// <summary>The answer.</summary>
    RequestPreVoteReply = 2,

    /// <summary>A candidate asks for a vote (paper §5.2).</summary>
    RequestVote = 3,

    /// <summary>The answer.</summary>
    RequestVoteReply = 4,

    /// <summary>Entries of the leader's log, or none: a heartbeat (paper §5.3).</summary>
    AppendEntries = 5,

    /// <summary>The answer.</summary>
    AppendEntriesReply = 6,

    /// <summary>A chunk of a snapshot (paper §7).</summary>
    InstallSnapshot = 7,

    /// <summary>The answer.</summary>
    InstallSnapshotReply = 8,

    /// <summary>The receiver is to stand for election at once (thesis §3.10).</summary>
    TimeoutNow = 9,

    /// <summary>A follower asks for the index that its reads must wait for (thesis §6.4).</summary>
    ReadIndexRequest = 10,

    /// <summary>The answer.</summary>
    ReadIndexReply = 11,

    /// <summary>Commands of a follower's clients, for the leader.</summary>
    ForwardProposals = 12,

    /// <summary>Which of them the leader certainly did not append.</summary>
    ForwardRefused = 13,

    /// <summary>With which data folder the sender is there.</summary>
    Introduction = 14,
}
