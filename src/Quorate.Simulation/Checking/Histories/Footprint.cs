namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// Which things an operation may look at and which it may change, whatever the state is. Two operations of which neither
/// changes what the other looks at or changes lead to the same state and the same answers in either order.
/// </summary>
public sealed class Footprint
{
    private readonly ulong[] _touched;
    private readonly ulong[] _changed;

    /// <param name="things">Number of things in the part of the history.</param>
    public Footprint(int things)
    {
        _touched = new ulong[(things + 63) / 64];
        _changed = new ulong[_touched.Length];
    }

    /// <summary>It looks at a thing, and may change it.</summary>
    public void Add(int thing, bool changes)
    {
        _touched[thing >> 6] |= 1UL << (thing & 63);
        if (changes)
        {
            _changed[thing >> 6] |= 1UL << (thing & 63);
        }
    }

    /// <summary>Takes in all that another does.</summary>
    internal void Add(Footprint other)
    {
        for (int i = 0; i < _touched.Length; i++)
        {
            _touched[i] |= other._touched[i];
            _changed[i] |= other._changed[i];
        }
    }

    internal void CopyFrom(Footprint other)
    {
        other._touched.CopyTo(_touched, 0);
        other._changed.CopyTo(_changed, 0);
    }

    internal bool IsIndependentOf(Footprint other)
    {
        for (int i = 0; i < _touched.Length; i++)
        {
            if (((_touched[i] & other._changed[i]) | (_changed[i] & other._touched[i])) != 0)
            {
                return false;
            }
        }

        return true;
    }
}
