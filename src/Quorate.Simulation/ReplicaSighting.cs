using Quorate.Raft;

namespace Quorate.Simulation;

/// <summary>
/// All that the properties of the algorithm depend on, of one replica at one instant, except for the entries between the
/// ends of its log: those change with an end.
/// </summary>
/// <param name="Life">Which of the member's starts it is.</param>
/// <param name="IsSpoiled">Whether its disk may have forgotten what it promised.</param>
/// <param name="Role">The part it plays.</param>
/// <param name="Now">Its term and vote.</param>
/// <param name="Durable">Its term and vote on disk.</param>
/// <param name="BeforeFirst">Where its log begins.</param>
/// <param name="Last">Where its log ends.</param>
/// <param name="CommitIndex">Up to where it knows entries to be committed.</param>
/// <param name="DurableIndex">Up to where its log is on disk.</param>
public readonly record struct ReplicaSighting(
    int Life,
    bool IsSpoiled,
    Role Role,
    HardState Now,
    HardState Durable,
    LogPosition BeforeFirst,
    LogPosition Last,
    long CommitIndex,
    long DurableIndex)
{
    /// <summary>What is to be seen now.</summary>
    public static ReplicaSighting Of(SimulatedMember member, RaftNode node)
    {
        ArgumentNullException.ThrowIfNull(member);
        ArgumentNullException.ThrowIfNull(node);
        return new ReplicaSighting(
            member.Life,
            member.IsSpoiled,
            node.Role,
            new HardState(node.CurrentTerm, node.VotedFor),
            node.DurableHardState,
            node.Log.BeforeFirst,
            node.LastLog,
            node.CommitIndex,
            node.DurableIndex);
    }
}
