namespace Quorate.Raft;

/// <summary>The part a server plays (spec R1).</summary>
public enum Role
{
    /// <summary>Answers leaders and candidates.</summary>
    Follower,

    /// <summary>Asks whether it could win, without raising its term (thesis §9.6).</summary>
    PreCandidate,

    /// <summary>Asks for votes in a term of its own.</summary>
    Candidate,

    /// <summary>Orders the log.</summary>
    Leader,

    /// <summary>Follows without a vote (thesis §4.2.1).</summary>
    Learner,
}
