namespace Quorate.Simulation.Runs;

/// <summary>What a simulated cluster agrees by.</summary>
public enum SimulatedAlgorithm
{
    /// <summary>The production replica, with the key-value store.</summary>
    Raft,

    /// <summary>Multi-decree Paxos, to compare with (docs/paxos-raft-zab.md).</summary>
    Paxos,
}
