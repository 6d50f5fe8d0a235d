namespace Quorate.Raft;

/// <summary>
/// Reads that a follower has the leader confirm (thesis §6.4, spec G2). One request is out at a time and stands for all
/// reads that came before it left; later ones go with the next.
/// </summary>
/// <param name="firstRequestId">
/// Where the numbers begin: drawn, so that a late answer to this server's earlier life does not pass for one to this
/// life's request.
/// </param>
/// <param name="waitingMax">Most reads that wait.</param>
internal sealed class ForwardedReads(long firstRequestId, int waitingMax)
{
    private List<long> _waiting = [];
    private List<long> _asked = [];
    private int _elapsedTicks;

    /// <summary>The request that is out.</summary>
    public long RequestId { get; private set; } = firstRequestId;

    public bool IsRequestOut => _asked.Count > 0;

    public bool ShouldAsk => _asked.Count == 0 && _waiting.Count > 0;

    /// <summary>Reads that the request stands for.</summary>
    public List<long> Asked => _asked;

    public bool TryAdd(long readId)
    {
        if (_waiting.Count + _asked.Count >= waitingMax)
        {
            return false;
        }

        _waiting.Add(readId);
        return true;
    }

    public void BeginRequest()
    {
        (_waiting, _asked) = (_asked, _waiting);
        RequestId++;
        _elapsedTicks = 0;
    }

    public void EndRequest() => _asked.Clear();

    /// <summary>One tick; returns for how many ticks the request has been out.</summary>
    public int Tick() => IsRequestOut ? ++_elapsedTicks : 0;

    /// <summary>Moves everything that waits into <paramref name="results"/>, refused.</summary>
    public void RefuseAll(List<ReadResult> results)
    {
        foreach (long readId in _asked)
        {
            results.Add(new ReadResult(readId, ReadStatus.NoLeader, 0));
        }

        foreach (long readId in _waiting)
        {
            results.Add(new ReadResult(readId, ReadStatus.NoLeader, 0));
        }

        _asked.Clear();
        _waiting.Clear();
    }
}
