using System.Threading.Tasks.Sources;

namespace Quorate.Runtime;

/// <summary>
/// The thread of a peer's connection: it reads, and may carry out what a frame has led to, a flush of the log. Whoever it
/// calls lends it to a lane and gets a task, so that the reading unwinds down to the thread's first frame; there the work is
/// done, and then the reading goes on, on this very thread.
/// </summary>
/// <remarks>
/// Since the reading waits for a task and not inside the work, it can go on without this thread: where the work takes long,
/// <see cref="Release"/> moves it to the pool, from where it returns once the thread is free again. So a disk that hangs
/// keeps no heartbeat out, and no member from stopping.
/// </remarks>
internal sealed class ConnectionThread : IValueTaskSource
{
    private const int Reading = 0; // on this thread
    private const int Lent = 1; // the reading waits
    private const int Released = 2; // still lent, the reading goes on elsewhere
    private const int Free = 3; // sleeps, the reading goes on elsewhere
    private const int Returning = 4; // to wake up and read

    [ThreadStatic]
    private static ConnectionThread? t_current;

    private readonly Func<ConnectionThread, Task> _read;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WakeSignal _signal = new();
    private readonly Thread _thread;

    // Not readonly: it is a mutable struct.
    private ManualResetValueTaskSourceCore<bool> _mayReadOn = new() { RunContinuationsAsynchronously = false };
    private WorkLane? _lane;
    private int _state;

    /// <param name="name">Name of the thread.</param>
    /// <param name="read">Reads the connection until it ends; begins on the thread.</param>
    public ConnectionThread(string name, Func<ConnectionThread, Task> read)
    {
        _read = read;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    /// <summary>The one that the caller runs on, if it is one.</summary>
    public static ConnectionThread? Current => t_current;

    /// <summary>Ends with the connection, wherever that was read last.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Begins to read.</summary>
    public void Start() => _thread.Start();

    /// <summary>Lends this thread, by which it is called, to a lane for one piece of work. The reading has to wait for the task.</summary>
    public ValueTask Lend(WorkLane lane)
    {
        _mayReadOn.Reset();
        _lane = lane;
        Volatile.Write(ref _state, Lent);
        return new ValueTask(this, _mayReadOn.Version);
    }

    /// <summary>If the thread is lent, the connection is read elsewhere from now on. From any thread.</summary>
    public void Release()
    {
        if (Interlocked.CompareExchange(ref _state, Released, Lent) == Lent)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static thread => thread._mayReadOn.SetResult(true), this, preferLocal: false);
        }
    }

    /// <summary>For the reading where it goes on elsewhere: if the thread is free, the task ends on it.</summary>
    public bool TryReturn(out ValueTask returned)
    {
        returned = default;
        if (Volatile.Read(ref _state) != Free)
        {
            return false;
        }

        // Before the state: the thread may go on at once.
        _mayReadOn.Reset();
        returned = new ValueTask(this, _mayReadOn.Version);
        Volatile.Write(ref _state, Returning);
        _signal.Raise();
        return true;
    }

    void IValueTaskSource.GetResult(short token) => _mayReadOn.GetResult(token);

    /// <remarks>
    /// Never ended: whoever awaits it has to unwind, since the work is done below. Where it had been released before it was awaited, the
    /// reading would go on at once, on this very thread, and nobody would do the work.
    /// </remarks>
    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => ValueTaskSourceStatus.Pending;

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _mayReadOn.OnCompleted(continuation, state, token, flags);

    private void Run()
    {
        t_current = this;
        _ = ReadToEndAsync();
        while (_lane is not null || !_ended.Task.IsCompleted)
        {
            if (_lane is { } lane)
            {
                _lane = null;
                lane.RunHere();
                if (Interlocked.CompareExchange(ref _state, Reading, Lent) == Lent)
                {
                    _mayReadOn.SetResult(true); // it goes on within this call, until it lends the thread again or has to wait
                }
            }
            else
            {
                SleepUntilItReturns();
            }
        }
    }

    /// <summary>The reading goes on elsewhere: it was released, or waits for room in the inbox.</summary>
    private void SleepUntilItReturns()
    {
        Volatile.Write(ref _state, Free);
        while (Volatile.Read(ref _state) == Free && !_ended.Task.IsCompleted)
        {
            _signal.Wait(Timeout.InfiniteTimeSpan);
        }

        if (Interlocked.CompareExchange(ref _state, Reading, Returning) == Returning)
        {
            _mayReadOn.SetResult(true);
        }
    }

    private async Task ReadToEndAsync()
    {
        try
        {
            await _read(this).ConfigureAwait(false);
            _ended.SetResult();
        }
#pragma warning disable CA1031 // It is told by the task, as that of the reading itself would.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _ended.SetException(exception);
        }

        _signal.Raise();
    }
}
