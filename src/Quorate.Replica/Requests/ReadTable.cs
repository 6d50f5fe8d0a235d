using Quorate.Raft;

namespace Quorate.Replica.Requests;

/// <summary>
/// The reads of this member's clients (spec G1, G2). A linearizable read waits for its turn, then with all others of
/// its batch for the read index, then until that is applied. A bounded read waits for its token alone.
/// </summary>
internal sealed class ReadTable(ReplicaOptions options, DeadlineWheel wheel, CompletionQueue completions)
{
    /// <summary>Batches that wait for a read index. More pipelining would only make batches smaller.</summary>
    private const int BatchesAskedMax = 4;

    private readonly RequestList _arrived = new();
    private readonly List<ReadBatch> _asked = [];
    private readonly Queue<ReadBatch> _confirmed = new();
    private readonly SortedSet<ReadRequest> _bounded = new(Comparer<ReadRequest>.Create(CompareTokens));
    private long _nextBatch = 1;
    private long _nextArrival;
    private int _count;

    /// <summary>After a refusal: asks again only with the next tick or leader, not in a circle.</summary>
    private bool _pauses;

    public bool IsEmpty => _count == 0;

    public void Add(ReadRequest read, TimeSpan now, long appliedIndex)
    {
        if (read.Consistency == ReadConsistency.Local
            || (read.Consistency == ReadConsistency.Bounded && read.TokenIndex <= appliedIndex))
        {
            completions.End(read, ReadOutcome.Ready);
            return;
        }

        if (_count >= options.PendingReadsMax)
        {
            completions.End(read, ReadOutcome.Overloaded);
            return;
        }

        _count++;
        read.Deadline = DeadlineWheel.DeadlineAfter(now, read.Timeout);
        if (read.Consistency == ReadConsistency.Bounded)
        {
            read.Arrival = _nextArrival++;
            _bounded.Add(read);
            wheel.Set(read, read.Deadline);
        }
        else
        {
            WaitForLeader(read, now);
        }
    }

    /// <summary>A tick has passed, or the leader changed.</summary>
    public void Resume() => _pauses = false;

    /// <summary>Begins a batch with all that arrived, if its turn has come; the algorithm is to be asked with its id.</summary>
    public long? TryBeginBatch()
    {
        if (_pauses || _arrived.Count == 0 || _asked.Count >= BatchesAskedMax)
        {
            return null;
        }

        var batch = new ReadBatch(_nextBatch++);
        while (_arrived.First is ReadRequest read)
        {
            _arrived.Remove(read);
            read.IsAsked = true;
            wheel.Set(read, read.Deadline);
            batch.Reads.Add(read);
        }

        _asked.Add(batch);
        return batch.Id;
    }

    /// <summary>The algorithm has answered for a batch.</summary>
    public void Answered(in ReadResult result, TimeSpan now)
    {
        long id = result.ReadId;
        int position = _asked.FindIndex(batch => batch.Id == id);
        if (position < 0)
        {
            return;
        }

        ReadBatch batch = _asked[position];
        _asked.RemoveAt(position);
        switch (result.Status)
        {
            case ReadStatus.Confirmed:
                batch.Index = result.Index;
                _confirmed.Enqueue(batch);
                break;
            case ReadStatus.Overloaded:
                EndAll(batch.Reads, ReadOutcome.Overloaded);
                break;
            default:
                // Asking again is safe, so the client need not: it has waited no longer than it wanted to.
                _pauses = true;
                while (batch.Reads.First is ReadRequest read)
                {
                    batch.Reads.Remove(read);
                    WaitForLeader(read, now);
                }

                break;
        }
    }

    /// <summary>Everything up to the index is applied.</summary>
    public void Applied(long index)
    {
        // First in, first out: a batch behind one with a higher index waits for that one too, which is committed already.
        while (_confirmed.TryPeek(out ReadBatch? batch) && batch.Index <= index)
        {
            _confirmed.Dequeue();
            EndAll(batch.Reads, ReadOutcome.Ready);
        }

        while (_bounded.Count > 0 && _bounded.Min is { } read && read.TokenIndex <= index)
        {
            End(read, ReadOutcome.Ready);
        }
    }

    /// <summary>Its time is over.</summary>
    public void Expired(ReadRequest read) => End(
        read,
        read.Consistency == ReadConsistency.Linearizable && !read.IsAsked ? ReadOutcome.NoLeader : ReadOutcome.TimedOut);

    /// <summary>Ends all.</summary>
    public void EndAll(ReadOutcome outcome)
    {
        EndAll(_arrived, outcome);
        foreach (ReadBatch batch in _asked)
        {
            EndAll(batch.Reads, outcome);
        }

        foreach (ReadBatch batch in _confirmed)
        {
            EndAll(batch.Reads, outcome);
        }

        while (_bounded.Min is { } read)
        {
            End(read, outcome);
        }

        _asked.Clear();
        _confirmed.Clear();
    }

    private static int CompareTokens(ReadRequest left, ReadRequest right)
    {
        int byToken = left.TokenIndex.CompareTo(right.TokenIndex);
        return byToken != 0 ? byToken : left.Arrival.CompareTo(right.Arrival);
    }

    private void WaitForLeader(ReadRequest read, TimeSpan now)
    {
        TimeSpan leaderDeadline = now + options.LeaderWait;
        read.IsAsked = false;
        wheel.Set(read, leaderDeadline < read.Deadline ? leaderDeadline : read.Deadline);
        _arrived.Add(read);
    }

    private void EndAll(RequestList reads, ReadOutcome outcome)
    {
        while (reads.First is ReadRequest read)
        {
            End(read, outcome);
        }
    }

    private void End(ReadRequest read, ReadOutcome outcome)
    {
        if (read.Consistency == ReadConsistency.Bounded)
        {
            _bounded.Remove(read);
        }
        else
        {
            read.Queue.List?.Remove(read);
        }

        DeadlineWheel.Remove(read);
        _count--;
        completions.End(read, outcome);
    }
}
