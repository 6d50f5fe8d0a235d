namespace Quorate.Simulation.Comparison;

/// <summary>What is compared (spec P1).</summary>
public enum ComparedProtocol
{
    /// <summary>The production replica: one leader, which orders everything.</summary>
    Raft,

    /// <summary>Multi-decree Paxos without a leader: each command is prepared and accepted by itself.</summary>
    Paxos,
}
