namespace Quorate.Raft;

/// <summary>When a follower or candidate gives up waiting (paper §5.2), and how long ago a leader was heard (thesis §9.6).</summary>
internal sealed class ElectionTimer
{
    /// <summary>
    /// How often a server that suspects the leader tries again shortly; then it waits as anybody does. Enough to outlast a
    /// machine that stands still for a moment, or a vote that is split twice; and bounded, so that a connection that stays
    /// broken in one direction costs a few messages and no more.
    /// </summary>
    private const int HurriedAttemptsMax = 8;

    private readonly SeededRandom _random;
    private readonly int _minimumTicks;
    private readonly int _spreadTicks;
    private int _elapsedTicks;
    private int _timeoutTicks;
    private int _sinceLeaderTicks;
    private int _hurriedAttemptsLeft;

    public ElectionTimer(int minimumTicks, int spreadTicks, SeededRandom random)
    {
        _minimumTicks = minimumTicks;
        _spreadTicks = spreadTicks;
        _random = random;
        _sinceLeaderTicks = minimumTicks;
        Restart();
    }

    /// <summary>Whether the leader was heard within the shortest election timeout, so that none can have good reason to replace it.</summary>
    public bool HeardLeaderLately => _sinceLeaderTicks < _minimumTicks;

    /// <summary>Whether the timeout has passed.</summary>
    public bool HasExpired => _elapsedTicks >= _timeoutTicks;

    /// <summary>Whether the leader is suspected, and further attempts are to follow shortly.</summary>
    public bool IsHurried => _hurriedAttemptsLeft > 0;

    public void Tick()
    {
        _elapsedTicks++;
        if (_sinceLeaderTicks < _minimumTicks)
        {
            _sinceLeaderTicks++;
        }
    }

    /// <summary>Waits anew, for a time drawn anew from [T, 2T) unless set otherwise (spec R6, E3).</summary>
    public void Restart()
    {
        _elapsedTicks = 0;
        _timeoutTicks = _random.Next(_minimumTicks, _minimumTicks + _spreadTicks);
    }

    /// <summary>
    /// Waits for the answers of a pre-vote. Who suspects the leader asks again soon, since others may have noticed later;
    /// to ask disturbs nobody. Drawn anew from one to <paramref name="turns"/> plus one turns.
    /// </summary>
    public void RestartAttempt(int turnTicks, int turns)
    {
        Restart();
        if (IsHurried)
        {
            _hurriedAttemptsLeft--;
            _timeoutTicks = Math.Min(_timeoutTicks, _random.Next(turnTicks, turnTicks * (turns + 1)));
        }
    }

    /// <summary>The vote was split. Who suspects the leader knows that nobody leads, and need not wait for the timeout.</summary>
    public void VoteLost(int turnTicks, int turns)
    {
        if (IsHurried)
        {
            RestartAttempt(turnTicks, turns);
        }
    }

    /// <summary>The leader may be gone: it is not protected any more, and the timeout passes after so many ticks, if it would not before.</summary>
    public void LeaderSuspected(int ticks)
    {
        LeaderLost();
        _hurriedAttemptsLeft = HurriedAttemptsMax;
        _timeoutTicks = Math.Min(_timeoutTicks, _elapsedTicks + ticks);
    }

    /// <summary>Valid leader traffic came (spec L7).</summary>
    public void LeaderHeard()
    {
        Restart();
        _sinceLeaderTicks = 0;
        _hurriedAttemptsLeft = 0;
    }

    /// <summary>No leader is known any more, so none is protected.</summary>
    public void LeaderLost() => _sinceLeaderTicks = _minimumTicks;
}
