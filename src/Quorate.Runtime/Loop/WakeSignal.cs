namespace Quorate.Runtime;

/// <summary>
/// Lets one thread sleep until others have something for it. Raising it while the thread is awake costs one atomic
/// exchange; only a thread that sleeps costs a system call. Raises between two waits count as one.
/// </summary>
/// <remarks>
/// The waiter does not spin before it sleeps. The next event of a busy replica is often some microseconds away, but whoever is to
/// bring it, a member on the same machine or a thread of this one, needs the core that the waiter would turn on.
/// </remarks>
internal sealed unsafe class WakeSignal
{
    private const int Quiet = 0;
    private const int Raised = 1;
    private const int Sleeping = 2; // without a futex set only with _gate held, so that no pulse falls between it and the wait

    private readonly object _gate = new();
    private readonly int[] _memory = GC.AllocateArray<int>(1, pinned: true); // keeps _state alive, and where it is
    private readonly int* _state;

    public WakeSignal()
    {
        _state = (int*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
    }

    /// <summary>Wakes the waiter, or lets its next wait return at once. What was written before is seen by it.</summary>
    public void Raise()
    {
        if (Interlocked.Exchange(ref *_state, Raised) == Sleeping)
        {
            Wake();
        }
    }

    /// <summary>Waits until raised or until the time is over; whether it was raised. For one thread only; may also return early.</summary>
    public bool Wait(TimeSpan timeout)
    {
        if (TryConsume())
        {
            return true;
        }

        bool isEndless = timeout == Timeout.InfiniteTimeSpan;
        if (timeout <= TimeSpan.Zero && !isEndless)
        {
            return false;
        }

        // Rounded up: a fraction of a millisecond would be cut to none, and the caller would turn in circles until then.
        int milliseconds = isEndless ? Timeout.Infinite : (int)Math.Min(Math.Ceiling(timeout.TotalMilliseconds), int.MaxValue);

        Sleep(milliseconds);
        return Interlocked.Exchange(ref *_state, Quiet) == Raised;
    }

    private bool TryConsume() => Interlocked.CompareExchange(ref *_state, Quiet, Raised) == Raised;

    private void Wake()
    {
        if (Futex.IsSupported)
        {
            Futex.Wake(_state);
            return;
        }

        lock (_gate)
        {
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>A spurious wake-up is harmless: the caller looks at its queue and its clock, and waits again.</summary>
    private void Sleep(int milliseconds)
    {
        if (Futex.IsSupported)
        {
            if (Interlocked.CompareExchange(ref *_state, Sleeping, Quiet) == Quiet)
            {
                Futex.Wait(_state, Sleeping, milliseconds);
            }

            return;
        }

        lock (_gate)
        {
            if (Interlocked.CompareExchange(ref *_state, Sleeping, Quiet) == Quiet)
            {
                Monitor.Wait(_gate, milliseconds);
            }
        }
    }
}
