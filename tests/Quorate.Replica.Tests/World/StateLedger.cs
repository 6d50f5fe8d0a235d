namespace Quorate.Replica.Tests.World;

/// <summary>State machine safety (paper figure 3): whoever has applied an index has the same state as everybody else there.</summary>
internal sealed class StateLedger
{
    private readonly Dictionary<long, (ulong Member, ulong Hash)> _states = [];

    public long Checks { get; private set; }

    public void Applied(ulong member, long index, ulong hash)
    {
        Checks++;
        if (_states.TryGetValue(index, out (ulong Member, ulong Hash) first))
        {
            hash.ShouldBe(first.Hash, $"members {first.Member} and {member} differ at index {index}");
        }
        else
        {
            _states.Add(index, (member, hash));
        }
    }

    /// <summary>A loaded snapshot claims to be the state at an index that somebody has applied.</summary>
    public void Loaded(ulong member, long index, ulong hash)
    {
        if (index > 0)
        {
            _states.ShouldContainKey(index);
            Applied(member, index, hash);
        }
    }
}
