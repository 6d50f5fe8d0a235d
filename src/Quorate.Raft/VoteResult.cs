namespace Quorate.Raft;

/// <summary>How a vote stands.</summary>
public enum VoteResult
{
    /// <summary>Neither side has its majority yet.</summary>
    Pending,

    /// <summary>A majority granted; under a joint configuration a majority of both sets.</summary>
    Won,

    /// <summary>A majority can no longer be reached.</summary>
    Lost,
}
