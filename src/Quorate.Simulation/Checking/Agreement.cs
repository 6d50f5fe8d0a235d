using Quorate.Paxos;
using Quorate.Raft;

namespace Quorate.Simulation.Checking;

/// <summary>
/// One value is chosen in an instance, and no member ever learns another (Lamport 2001, §2.1): not at the same
/// time, not later, not after a restart.
/// </summary>
public sealed class Agreement : IWorldObserver
{
    /// <summary>Name of the property.</summary>
    public const string Property = "agreement";

    private readonly List<(MemberId Member, Value Value)?> _learnt = [];
    private readonly LearntValues _news;

    /// <summary>For a world of so many members.</summary>
    public Agreement(int members)
    {
        _news = new LearntValues(members, Learnt);
    }

    /// <summary>Instances of which somebody has learnt the value.</summary>
    public int Decided => _learnt.Count;

    /// <inheritdoc/>
    public void AfterEvent(SimulatedMember? member) => _news.Look(member);

    /// <summary>A member has learnt a value.</summary>
    public void Learnt(MemberId member, long instance, Value value)
    {
        ArgumentNullException.ThrowIfNull(value);
        while (_learnt.Count < instance)
        {
            _learnt.Add(null);
        }

        (MemberId Member, Value Value) earlier = _learnt[(int)instance - 1] ??= (member, value);
        if (!earlier.Value.Equals(value))
        {
            throw new PropertyViolatedException(
                Property, $"in instance {instance} member {earlier.Member} has learnt {earlier.Value}, and member {member} {value}");
        }
    }
}
