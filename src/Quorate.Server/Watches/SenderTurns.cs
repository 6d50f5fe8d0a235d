namespace Quorate.Server.Watches;

/// <summary>
/// The streams that have something to send, in the order in which they said so. Each is in here once at most, so there
/// are never more than there are streams.
/// </summary>
/// <param name="wanted">Wakes the thread that serves them.</param>
internal sealed class SenderTurns(Action wanted)
{
    private readonly Lock _lock = new();
    private readonly Queue<WatchSender> _waiting = [];
    private volatile int _servingThread;

    /// <summary>Puts a stream at the end. From any thread; does not serve it.</summary>
    public void Add(WatchSender sender)
    {
        bool isFirst;
        lock (_lock)
        {
            isFirst = _waiting.Count == 0;
            _waiting.Enqueue(sender);
        }

        // Who serves looks again before it sleeps.
        if (isFirst && Environment.CurrentManagedThreadId != _servingThread)
        {
            wanted();
        }
    }

    /// <summary>Says that the calling thread serves from now on, and alone.</summary>
    public void Adopt() => _servingThread = Environment.CurrentManagedThreadId;

    /// <summary>Takes as many as fit into a span, those that wait longest first; how many those are.</summary>
    public int Take(Span<WatchSender> taken)
    {
        lock (_lock)
        {
            int count = 0;
            while (count < taken.Length && _waiting.TryDequeue(out WatchSender? sender))
            {
                taken[count++] = sender;
            }

            return count;
        }
    }

    /// <summary>Whether one waits.</summary>
    public bool HasAny
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count > 0;
            }
        }
    }
}
