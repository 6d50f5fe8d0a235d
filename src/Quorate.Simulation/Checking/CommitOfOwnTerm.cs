using Quorate.Raft;

namespace Quorate.Simulation.Checking;

/// <summary>
/// Only log entries from the leader's current term are committed by counting replicas (paper §5.4.2, spec C1): the commit
/// index of a leader moves only onto an entry of its own term.
/// </summary>
public sealed class CommitOfOwnTerm : IReplicaObserver
{
    /// <summary>Name of the property.</summary>
    public const string Property = "commit of the own term";

    private readonly Reign[] _reigns;

    /// <summary>For a world of so many members.</summary>
    public CommitOfOwnTerm(int members)
    {
        _reigns = new Reign[members];
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

        ref Reign reign = ref _reigns[(int)member.Id.Value - 1];
        if (reign.Life == member.Life && reign.Term == node.CurrentTerm && reign.CommitIndex != node.CommitIndex
            && node.Log.TryGetTerm(node.CommitIndex, out long term) && term != node.CurrentTerm)
        {
            throw new PropertyViolatedException(
                Property, $"member {member.Id}, leader of term {node.CurrentTerm}, commits up to {node.CommitIndex}, an entry of term {term}");
        }

        reign = new Reign(member.Life, node.CurrentTerm, node.CommitIndex);
    }

    private readonly record struct Reign(int Life, long Term, long CommitIndex);
}
