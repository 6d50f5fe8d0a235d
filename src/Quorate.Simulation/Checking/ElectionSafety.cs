using Quorate.Raft;

namespace Quorate.Simulation.Checking;

/// <summary>
/// At most one leader can be elected in a given term (Ongaro and Ousterhout 2014, figure 3: Election Safety).
/// </summary>
public sealed class ElectionSafety : IWorldObserver
{
    /// <summary>Name of the property.</summary>
    public const string Property = "election safety";

    private readonly SortedDictionary<long, MemberId> _leaders = [];

    /// <summary>Leaders seen, one a term.</summary>
    public int Elections => _leaders.Count;

    /// <inheritdoc/>
    public void AfterEvent(SimulatedMember? member)
    {
        if (member?.Replica?.Algorithm is not { Role: Role.Leader } leader)
        {
            return;
        }

        if (_leaders.TryAdd(leader.CurrentTerm, leader.Id) || _leaders[leader.CurrentTerm] == leader.Id)
        {
            return;
        }

        throw new PropertyViolatedException(
            Property, $"members {_leaders[leader.CurrentTerm]} and {leader.Id} both lead term {leader.CurrentTerm}");
    }
}
