namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// Goes through all ways that a request can take whose branches nobody can tell: the same request is replayed for each
/// of them, as one counts through binary numbers.
/// </summary>
internal sealed class UndecidedBranches
{
    private readonly List<bool> _taken = [];
    private int _place;

    /// <summary>Starts with the first way.</summary>
    public void Reset()
    {
        _taken.Clear();
        _place = 0;
    }

    /// <summary>The branch at the next fork.</summary>
    public bool Next()
    {
        if (_place == _taken.Count)
        {
            _taken.Add(true);
        }

        return _taken[_place++];
    }

    /// <summary>Turns to the next way; false where all were gone.</summary>
    public bool TryAdvance()
    {
        _place = 0;
        while (_taken.Count > 0 && !_taken[^1])
        {
            _taken.RemoveAt(_taken.Count - 1);
        }

        if (_taken.Count == 0)
        {
            return false;
        }

        _taken[^1] = false;
        return true;
    }
}
