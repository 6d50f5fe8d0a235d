namespace Quorate.Raft;

/// <summary>When a follower or candidate gives up waiting (paper §5.2), and how long ago a leader was heard (thesis §9.6).</summary>
internal sealed class ElectionTimer
{
    private readonly SeededRandom _random;
    private readonly int _minimumTicks;
    private int _elapsedTicks;
    private int _timeoutTicks;
    private int _sinceLeaderTicks;

    public ElectionTimer(int minimumTicks, SeededRandom random)
    {
        _minimumTicks = minimumTicks;
        _random = random;
        _sinceLeaderTicks = minimumTicks;
        Restart();
    }

    /// <summary>Whether the leader was heard within the shortest election timeout, so that none can have good reason to replace it.</summary>
    public bool HeardLeaderLately => _sinceLeaderTicks < _minimumTicks;

    /// <summary>Whether the timeout has passed.</summary>
    public bool HasExpired => _elapsedTicks >= _timeoutTicks;

    public void Tick()
    {
        _elapsedTicks++;
        if (_sinceLeaderTicks < _minimumTicks)
        {
            _sinceLeaderTicks++;
        }
    }

    /// <summary>Waits anew, for a time drawn anew from [T, 2T) (spec R6, E3).</summary>
    public void Restart()
    {
        _elapsedTicks = 0;
        _timeoutTicks = _random.Next(_minimumTicks, 2 * _minimumTicks);
    }

    /// <summary>Valid leader traffic came (spec L7).</summary>
    public void LeaderHeard()
    {
        Restart();
        _sinceLeaderTicks = 0;
    }

    /// <summary>No leader is known any more, so none is protected.</summary>
    public void LeaderLost() => _sinceLeaderTicks = _minimumTicks;
}
