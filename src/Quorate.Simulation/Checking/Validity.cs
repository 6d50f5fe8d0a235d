using Quorate.Paxos;
using Quorate.Raft;

namespace Quorate.Simulation.Checking;

/// <summary>
/// Only a value that has been proposed is chosen, and only a chosen one is learnt (Lamport 2001, §2.1); and since a
/// client proposes each of its values once, each is chosen in one instance only.
/// </summary>
public sealed class Validity : IWorldObserver
{
    /// <summary>Name of the property.</summary>
    public const string Property = "validity";

    private readonly SortedDictionary<ulong, Value> _proposed = [];
    private readonly SortedDictionary<ulong, long> _instances = [];
    private readonly LearntValues _news;

    /// <summary>For a world of so many members.</summary>
    public Validity(int members)
    {
        _news = new LearntValues(members, Learnt);
    }

    /// <inheritdoc/>
    public void AfterEvent(SimulatedMember? member) => _news.Look(member);

    /// <summary>A client proposes a value.</summary>
    public void Proposed(Value value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _proposed.Add(value.Id, value);
    }

    /// <summary>A member has learnt a value.</summary>
    public void Learnt(MemberId member, long instance, Value value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!_proposed.TryGetValue(value.Id, out Value? proposed) || !proposed.Equals(value))
        {
            throw new PropertyViolatedException(Property, $"member {member} has learnt {value} in instance {instance}, which nobody has proposed");
        }

        if (!_instances.TryAdd(value.Id, instance) && _instances[value.Id] != instance)
        {
            throw new PropertyViolatedException(
                Property, $"{value} was proposed once, and is chosen in the instances {_instances[value.Id]} and {instance}");
        }
    }
}
