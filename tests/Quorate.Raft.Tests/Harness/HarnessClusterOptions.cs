namespace Quorate.Raft.Tests.Harness;

/// <summary>What a simulated cluster is made of.</summary>
public sealed record HarnessClusterOptions
{
    /// <summary>Voters have the ids from one.</summary>
    public int Voters { get; init; } = 3;

    /// <summary>Learners have the ids after the voters.</summary>
    public int Learners { get; init; }

    public ulong Seed { get; init; } = 1;

    /// <summary>Changes the settings of each server.</summary>
    public Func<RaftOptions, RaftOptions> Configure { get; init; } = options => options;

    /// <summary>Whether a leader that wants a snapshot takes one at once, as a host does.</summary>
    public bool TakesWantedSnapshots { get; init; } = true;

    /// <summary>Puts logs on the disks before the servers start.</summary>
    public Action<HarnessCluster>? Prepare { get; init; }
}
