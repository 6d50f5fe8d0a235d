using Quorate.Raft;

namespace Quorate.Simulation.Checking;

/// <summary>
/// A leader never overwrites or deletes entries in its log; it only appends new entries (figure 3: Leader Append-Only).
/// </summary>
public sealed class LeaderAppendOnly : IReplicaObserver
{
    /// <summary>Name of the property.</summary>
    public const string Property = "leader append-only";

    private readonly Reign[] _reigns;

    /// <summary>For a world of so many members.</summary>
    public LeaderAppendOnly(int members)
    {
        _reigns = new Reign[members];
    }

    /// <inheritdoc/>
    public void Changed(SimulatedMember member, RaftNode node)
    {
        ArgumentNullException.ThrowIfNull(member);
        ArgumentNullException.ThrowIfNull(node);
        ref Reign reign = ref _reigns[(int)member.Id.Value - 1];
        if (node.Role != Role.Leader)
        {
            reign = default;
            return;
        }

        RaftLog log = node.Log;
        if (reign.Term == node.CurrentTerm && reign.Life == member.Life
            && (log.LastIndex < reign.Last.Index || (log.TryGetTerm(reign.Last.Index, out long term) && term != reign.Last.Term)))
        {
            throw new PropertyViolatedException(
                Property, $"member {member.Id}, leader of term {node.CurrentTerm}, had the entry {reign.Last} last; now its log ends at {log.Last}");
        }

        reign = new Reign(node.CurrentTerm, member.Life, log.Last);
    }

    private readonly record struct Reign(long Term, int Life, LogPosition Last);
}
