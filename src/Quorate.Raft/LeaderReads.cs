namespace Quorate.Raft;

/// <summary>
/// Reads that wait at the leader for a confirmation of its leadership (thesis §6.4, spec G2). Confirmation goes in
/// rounds: one majority that answers a round serves every read that came before the round began; reads that come while
/// a round is out wait for the next, since the answers to this one may be older than they are.
/// </summary>
internal sealed class LeaderReads(int waitingMax, int waitTicksMax)
{
    private List<WaitingRead> _waiting = [];
    private List<WaitingRead> _inRound = [];
    private int _waitedTicks;

    /// <summary>The round that is out, or the last one.</summary>
    public long Round { get; private set; }

    /// <summary>The commit index when the round began: what its reads must see.</summary>
    public long RoundIndex { get; private set; }

    public bool IsRoundOut => _inRound.Count > 0;

    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>Reads that the round serves.</summary>
    public List<WaitingRead> InRound => _inRound;

    /// <summary>Whether there was room. A request that waits already is not added twice: followers ask again while unanswered.</summary>
    public bool TryAdd(WaitingRead read, bool isRepeatable)
    {
        if (isRepeatable && (_waiting.Contains(read) || _inRound.Contains(read)))
        {
            return true;
        }

        if (_waiting.Count + _inRound.Count >= waitingMax)
        {
            return false;
        }

        _waiting.Add(read);
        return true;
    }

    public void BeginRound(long commitIndex)
    {
        (_waiting, _inRound) = (_inRound, _waiting);
        Round++;
        RoundIndex = commitIndex;
        _waitedTicks = 0;
    }

    /// <summary>Begins a round that serves no read, between two that do: what is sent from here on can be told from what was sent before.</summary>
    public void BeginEmptyRound(long commitIndex)
    {
        if (!IsRoundOut)
        {
            Round++;
            RoundIndex = commitIndex;
        }
    }

    public void EndRound()
    {
        _inRound.Clear();
        _waitedTicks = 0;
    }

    /// <summary>Takes out everything that waits, to be refused.</summary>
    public List<WaitingRead> TakeAll()
    {
        List<WaitingRead> all = [.. _inRound, .. _waiting];
        _inRound.Clear();
        _waiting.Clear();
        _waitedTicks = 0;
        return all;
    }

    /// <summary>One tick; returns whether the reads have waited longer than is of use to them.</summary>
    public bool TickAndHaveWaitedTooLong()
    {
        _waitedTicks = HasWaiting || IsRoundOut ? _waitedTicks + 1 : 0;
        return _waitedTicks > waitTicksMax;
    }
}
