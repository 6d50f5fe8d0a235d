namespace Quorate.Raft;

/// <summary>AppendEntries sent to one follower and not yet answered, bounded in messages and bytes (spec L5). A ring that grows to its bound.</summary>
internal sealed class InflightWindow(int messagesMax, long bytesMax)
{
    private (long LastIndex, long Bytes)[] _ring = [];
    private int _head;
    private long _bytes;

    public int Count { get; private set; }

    public bool IsEmpty => Count == 0;

    /// <summary>Bytes that may still be sent; an empty window lets a single entry of any size through.</summary>
    public long BytesFree => bytesMax - _bytes;

    public bool IsFull => Count >= messagesMax || (Count > 0 && BytesFree <= 0);

    public void Add(long lastIndex, long bytes)
    {
        if (Count == _ring.Length)
        {
            Grow();
        }

        _ring[(_head + Count) % _ring.Length] = (lastIndex, bytes);
        Count++;
        _bytes += bytes;
    }

    /// <summary>The follower has everything up to an index.</summary>
    public void Acknowledge(long matchIndex)
    {
        while (Count > 0 && _ring[_head].LastIndex <= matchIndex)
        {
            _bytes -= _ring[_head].Bytes;
            _head = (_head + 1) % _ring.Length;
            Count--;
        }
    }

    public void Clear()
    {
        _head = 0;
        Count = 0;
        _bytes = 0;
    }

    private void Grow()
    {
        var larger = new (long, long)[Math.Min(messagesMax, Math.Max(8, _ring.Length * 2))];
        for (int i = 0; i < Count; i++)
        {
            larger[i] = _ring[(_head + i) % _ring.Length];
        }

        _ring = larger;
        _head = 0;
    }
}
