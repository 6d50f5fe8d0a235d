namespace Quorate.Server.Development;

/// <summary>What is shown of one member.</summary>
internal sealed record MemberView
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where clients reach it.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Its process; zero while it does not run.</summary>
    public int ProcessId { get; init; }

    /// <summary>What it is: starting, leader, follower, no leader, not answering, killed, ended.</summary>
    public required string State { get; init; }

    /// <summary>Why it is not as it should be, where there is more to say than <see cref="State"/>.</summary>
    public string? Note { get; init; }

    /// <summary>Why what it prints is not kept in its log; null while it is.</summary>
    public string? LogProblem { get; init; }

    /// <summary>Whether it answers and knows a leader.</summary>
    public bool IsHealthy { get; init; }

    /// <summary>Whether it leads.</summary>
    public bool IsLeader { get; init; }

    /// <summary>Its term; zero when it does not answer.</summary>
    public long Term { get; init; }

    /// <summary>Index it has committed up to.</summary>
    public long CommitIndex { get; init; }

    /// <summary>Index it has applied up to.</summary>
    public long AppliedIndex { get; init; }

    /// <summary>Revision of its store.</summary>
    public long Revision { get; init; }

    /// <summary>Bytes of its store.</summary>
    public long StoreBytes { get; init; }
}
