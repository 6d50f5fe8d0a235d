using Quorate.Raft;

namespace Quorate.Simulation.Checking;

/// <summary>
/// At most one leader can be elected in a given term (Ongaro and Ousterhout 2014, figure 3: Election Safety).
/// </summary>
public sealed class ElectionSafety : IReplicaObserver
{
    /// <summary>Name of the property.</summary>
    public const string Property = "election safety";

    private readonly SortedDictionary<long, MemberId> _leaders = [];

    /// <summary>Leaders seen, one a term.</summary>
    public int Elections => _leaders.Count;

    /// <inheritdoc/>
    public void Changed(SimulatedMember member, RaftNode node)
    {
        ArgumentNullException.ThrowIfNull(member);
        ArgumentNullException.ThrowIfNull(node);
        if (node.Role != Role.Leader)
        {
            return;
        }

        if (_leaders.TryAdd(node.CurrentTerm, node.Id) || _leaders[node.CurrentTerm] == node.Id)
        {
            return;
        }

        throw new PropertyViolatedException(
            Property, $"members {_leaders[node.CurrentTerm]} and {node.Id} both lead term {node.CurrentTerm}");
    }
}
