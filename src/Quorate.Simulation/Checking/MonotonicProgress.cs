using Quorate.Raft;

namespace Quorate.Simulation.Checking;

/// <summary>
/// In one life of a member its term and its commit index never go back, and nothing is committed that is not in its log
/// (figure 2: "latest term server has seen (initialized to 0 on first boot, increases monotonically)").
/// </summary>
public sealed class MonotonicProgress : IReplicaObserver
{
    /// <summary>Name of the property.</summary>
    public const string Property = "monotonic progress";

    private readonly Seen[] _seen;

    /// <summary>For a world of so many members.</summary>
    public MonotonicProgress(int members)
    {
        _seen = new Seen[members];
    }

    /// <inheritdoc/>
    public void Changed(SimulatedMember member, RaftNode node)
    {
        ArgumentNullException.ThrowIfNull(member);
        ArgumentNullException.ThrowIfNull(node);
        ref Seen seen = ref _seen[(int)member.Id.Value - 1];
        var now = new Seen(member.Life, node.CurrentTerm, node.CommitIndex);
        if (seen.Life == now.Life && (now.Term < seen.Term || now.CommitIndex < seen.CommitIndex))
        {
            throw new PropertyViolatedException(Property, $"member {member.Id} goes back from {seen} to {now}");
        }

        if (now.CommitIndex > node.LastLog.Index)
        {
            throw new PropertyViolatedException(
                Property, $"member {member.Id} has committed up to {now.CommitIndex}, and its log ends at {node.LastLog}");
        }

        seen = now;
    }

    private readonly record struct Seen(int Life, long Term, long CommitIndex);
}
