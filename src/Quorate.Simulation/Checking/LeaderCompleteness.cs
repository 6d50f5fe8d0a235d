using Quorate.Raft;

namespace Quorate.Simulation.Checking;

/// <summary>
/// If a log entry is committed in a given term, then that entry will be present in the logs of the leaders for all
/// higher-numbered terms (figure 3: Leader Completeness).
/// </summary>
/// <remarks>
/// An entry counts as committed from when some member applies it. By then it may have been committed in an earlier term
/// than the member is in, so only leaders of higher terms than that are held to it.
/// </remarks>
public sealed class LeaderCompleteness : IReplicaObserver
{
    /// <summary>Name of the property.</summary>
    public const string Property = "leader completeness";

    private readonly AppliedEntries _applied;
    private readonly (int Life, long Term)[] _checked;

    /// <summary>For a world of so many members that apply what is recorded there.</summary>
    public LeaderCompleteness(int members, AppliedEntries applied)
    {
        _applied = applied;
        _checked = new (int Life, long Term)[members];
    }

    /// <inheritdoc/>
    public void Changed(SimulatedMember member, RaftNode node)
    {
        ArgumentNullException.ThrowIfNull(member);
        ArgumentNullException.ThrowIfNull(node);
        if (node.Role != Role.Leader)
        {
            return;
        }

        ref (int Life, long Term) done = ref _checked[(int)member.Id.Value - 1];
        if (done == (member.Life, node.CurrentTerm))
        {
            return;
        }

        done = (member.Life, node.CurrentTerm);
        RaftLog log = node.Log;
        foreach ((LogPosition position, long committedBy) in _applied.Committed)
        {
            if (committedBy < node.CurrentTerm && position.Index > log.BeforeFirst.Index && !log.Contains(position))
            {
                throw new PropertyViolatedException(
                    Property,
                    $"member {member.Id} leads term {node.CurrentTerm} without the entry {position}, committed by term {committedBy}; its log ends at {log.Last}");
            }
        }
    }
}
