using System.Threading.Tasks.Sources;

namespace Quorate.Runtime;

/// <summary>
/// Wakes one asynchronous waiter, without allocating. Raises between two waits count as one; what was written before a
/// raise is seen after the wait that it ends.
/// </summary>
/// <remarks>
/// A waiter that waits goes on <b>within</b> the raise, on the raiser's thread, until it waits for something else: it
/// must not block. That spares a hand-over to another thread, which costs more than the system call that the waiter makes.
/// </remarks>
internal sealed class AsyncSignal : IValueTaskSource
{
    private const int Quiet = 0;
    private const int Raised = 1;
    private const int Waiting = 2;

    // Not readonly: it is a mutable struct.
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = false };
    private int _state;

    public void Raise()
    {
        if (Interlocked.Exchange(ref _state, Raised) == Waiting)
        {
            _core.SetResult(true);
        }
    }

    /// <summary>For one waiter at a time, which awaits the result before it asks for another.</summary>
    public ValueTask WaitAsync()
    {
        if (Interlocked.CompareExchange(ref _state, Quiet, Raised) == Raised)
        {
            return ValueTask.CompletedTask;
        }

        _core.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Quiet) == Quiet)
        {
            return new ValueTask(this, _core.Version);
        }

        Interlocked.Exchange(ref _state, Quiet);
        return ValueTask.CompletedTask;
    }

    void IValueTaskSource.GetResult(short token)
    {
        _core.GetResult(token);
        Interlocked.Exchange(ref _state, Quiet);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
