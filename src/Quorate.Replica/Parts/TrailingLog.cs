namespace Quorate.Replica.Parts;

/// <summary>
/// Says how much of the log up to an index is kept: so many entries, but no more than so many bytes. Remembers a few marks
/// of how many bytes were applied up to an index, not the size of each entry.
/// </summary>
internal sealed class TrailingLog(long entriesKept, long bytesKept)
{
    private const int MarksPerBudget = 16;

    private readonly Queue<(long Index, long Bytes)> _marks = new();
    private long _lastMarkBytes;

    /// <summary>Up to here entries are out of the budget for good: the total only grows.</summary>
    private long _outsideIndex;

    /// <summary>Everything up to the index is applied; <paramref name="bytes"/> is the running total of its bytes.</summary>
    public void Applied(long index, long bytes)
    {
        if (bytes - _lastMarkBytes >= bytesKept / MarksPerBudget)
        {
            _marks.Enqueue((index, bytes));
            _lastMarkBytes = bytes;
        }

        while (_marks.TryPeek(out (long Index, long Bytes) oldest) && bytes - oldest.Bytes > 2 * bytesKept)
        {
            _outsideIndex = oldest.Index;
            _marks.Dequeue();
        }
    }

    /// <summary>The first index to keep of those up to <paramref name="lastIndex"/>, when the total was <paramref name="bytes"/>; one more where none is.</summary>
    public long FirstKept(long lastIndex, long bytes)
    {
        long byEntries = lastIndex + 1 - entriesKept;
        long byBytes = _outsideIndex + 1;
        foreach ((long index, long total) in _marks)
        {
            if (bytes - total > bytesKept)
            {
                byBytes = index + 1;
            }
        }

        return Math.Clamp(Math.Max(byEntries, byBytes), 1, lastIndex + 1);
    }
}
