namespace Quorate.Server.CommandLine.Simulation;

/// <summary>What a run or a hunt is of, as <c>--algorithm</c> says it.</summary>
internal enum HuntedAlgorithm
{
    /// <summary>The production replica.</summary>
    Raft,

    /// <summary>Multi-decree Paxos.</summary>
    Paxos,

    /// <summary>Mostly the production replica, and Paxos now and then.</summary>
    Both,
}
