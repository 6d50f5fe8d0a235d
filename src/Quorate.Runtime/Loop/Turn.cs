namespace Quorate.Runtime;

/// <summary>
/// Who may enter the replica now: one thread at a time, most often the loop's own. A thread that has brought an event
/// takes the turn if it is free and carries the event out itself, which spares waking the loop; it never waits for it.
/// The loop goes first: while it waits for its turn nobody else takes one.
/// </summary>
/// <remarks>What one holder wrote is seen by the next. Not to be taken twice by one thread.</remarks>
internal sealed class Turn(WakeSignal loop)
{
    private const int Free = 0;
    private const int Taken = 1;

    private int _state;
    private int _isLoopWaiting;

    /// <summary>For every thread but the loop's.</summary>
    public bool TryTake() =>
        Volatile.Read(ref _isLoopWaiting) == 0 && Interlocked.CompareExchange(ref _state, Taken, Free) == Free;

    /// <summary>For the loop's thread. Raises of its signal meanwhile are used up: it has to look at its inbox afterwards.</summary>
    /// <param name="stillWaiting">Called whenever it wakes without getting its turn; may throw to end the wait.</param>
    public void Take(Action stillWaiting)
    {
        if (Interlocked.CompareExchange(ref _state, Taken, Free) == Free)
        {
            return;
        }

        Interlocked.Exchange(ref _isLoopWaiting, 1);
        while (Interlocked.CompareExchange(ref _state, Taken, Free) != Free)
        {
            stillWaiting();
            loop.Wait(Timeout.InfiniteTimeSpan);
        }

        Interlocked.Exchange(ref _isLoopWaiting, 0);
    }

    public void Give()
    {
        Interlocked.Exchange(ref _state, Free);
        if (Volatile.Read(ref _isLoopWaiting) != 0)
        {
            loop.Raise();
        }
    }
}
