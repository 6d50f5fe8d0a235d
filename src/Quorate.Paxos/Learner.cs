namespace Quorate.Paxos;

/// <summary>What one member knows to be chosen ("Paxos Made Simple" §2.3): one value an instance, from instance one on.</summary>
public sealed class Learner
{
    private readonly List<Value> _chosen = [];
    private readonly SortedDictionary<long, Value> _beyondGap = [];

    /// <summary>The first instance whose value is not known. All before it are.</summary>
    public long FirstUnknown => _chosen.Count + 1;

    /// <summary>The chosen values from instance one on, without a gap.</summary>
    public IReadOnlyList<Value> Chosen => _chosen;

    /// <summary>The value of an instance; null while it is not known.</summary>
    public Value? ValueOf(long instance) => instance >= 1 && instance < FirstUnknown
        ? _chosen[(int)(instance - 1)]
        : _beyondGap.GetValueOrDefault(instance);

    /// <summary>A value was chosen. Returns false if that is no news.</summary>
    /// <exception cref="PaxosInvariantException">Another value is known to be chosen in that instance.</exception>
    public bool Learn(long instance, Value value)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentOutOfRangeException.ThrowIfLessThan(instance, 1);
        if (ValueOf(instance) is { } known)
        {
            return known.Equals(value)
                ? false
                : throw new PaxosInvariantException($"in instance {instance} both {known} and {value} are said to be chosen");
        }

        _beyondGap.Add(instance, value);
        while (_beyondGap.Remove(FirstUnknown, out Value? next))
        {
            _chosen.Add(next);
        }

        return true;
    }
}
