using System.Diagnostics;
using Quorate.Io;

namespace Quorate.Runtime;

/// <summary>A thread of its own that runs work in the order submitted and reports each completion to the replica's loop.</summary>
/// <remarks>
/// A thread, not the pool: a flush blocks for milliseconds, and must never wait until the pool grows.
/// </remarks>
internal sealed class WorkLane : IWorkLane
{
    /// <summary>A replica has a handful of works under way; more than this is a fault in it, not load.</summary>
    public const int QueuedWorksMax = 1 << 16;

    private readonly Action<IWork, Exception?> _postCompletion;
    private readonly Lock _gate = new();
    private readonly Queue<IWork> _queue_NeedsGate = new();
    private readonly WakeSignal _signal = new();
    private readonly Thread _thread;
    private bool _stopping_NeedsGate;
    private bool _isRunning_NeedsGate;
    private long _lastTookTimestamps;

    /// <param name="name">Name of the thread.</param>
    /// <param name="postCompletion">Queues a completion for the replica's loop; called on this lane's thread, must not be lost.</param>
    public WorkLane(string name, Action<IWork, Exception?> postCompletion)
    {
        _postCompletion = postCompletion;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>How long the last work took, but for its completion.</summary>
    public TimeSpan LastTook => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _lastTookTimestamps));

    public void Submit(IWork work) => Submit(work, wake: true);

    /// <param name="work">The work.</param>
    /// <param name="wake">False where the caller calls <see cref="RunHere"/> or <see cref="Wake"/> next.</param>
    public void Submit(IWork work, bool wake)
    {
        ArgumentNullException.ThrowIfNull(work);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopping_NeedsGate, this);
            if (_queue_NeedsGate.Count >= QueuedWorksMax)
            {
                throw new InvalidOperationException($"more than {QueuedWorksMax} works wait on the lane '{_thread.Name}'");
            }

            _queue_NeedsGate.Enqueue(work);
            wake &= !_isRunning_NeedsGate; // whoever runs the one before looks again
        }

        if (wake)
        {
            _signal.Raise();
        }
    }

    /// <summary>Has the lane's own thread look for work.</summary>
    public void Wake() => _signal.Raise();

    /// <summary>
    /// Runs the first work that waits on the caller's thread, in the place of the lane's own, and reports its completion.
    /// Does nothing where none waits or one is running. What waits after it is the lane's own thread's.
    /// </summary>
    public void RunHere()
    {
        if (!TryTake(out IWork? work, out _))
        {
            return;
        }

        Run(work);
        bool isMore;
        lock (_gate)
        {
            isMore = _stopping_NeedsGate || _queue_NeedsGate.Count > 0;
        }

        if (isMore)
        {
            _signal.Raise();
        }
    }

    /// <summary>Takes no more work, and waits until all that was submitted has run; false when that took longer.</summary>
    public bool Stop(TimeSpan timeout)
    {
        lock (_gate)
        {
            _stopping_NeedsGate = true;
        }

        _signal.Raise();
        return _thread.Join(timeout);
    }

    /// <summary>
    /// Looks for work only when raised, not at its start nor after a wait that ended early: else it would take what was
    /// submitted for another thread, which finds nothing then and has been woken for it.
    /// </summary>
    private void Run()
    {
        bool stopping = false;
        while (!stopping)
        {
            if (!_signal.Wait(Timeout.InfiniteTimeSpan))
            {
                continue;
            }

            while (TryTake(out IWork? work, out stopping))
            {
                Run(work);
            }
        }
    }

    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IWork? work, out bool stopping)
    {
        lock (_gate)
        {
            work = null;
            stopping = _stopping_NeedsGate && !_isRunning_NeedsGate;
            return !_isRunning_NeedsGate && (_isRunning_NeedsGate = _queue_NeedsGate.TryDequeue(out work));
        }
    }

    private void Run(IWork work)
    {
        Exception? error = null;
        long began = Stopwatch.GetTimestamp();
        try
        {
            while (!work.Step())
            {
            }
        }
#pragma warning disable CA1031 // Whatever went wrong belongs to the replica, which stops over it (spec S4).
        catch (Exception exception)
#pragma warning restore CA1031
        {
            error = exception;
        }

        Volatile.Write(ref _lastTookTimestamps, Stopwatch.GetTimestamp() - began);
        _postCompletion(work, error); // before another may run, so that completions keep their order
        lock (_gate)
        {
            _isRunning_NeedsGate = false;
        }
    }
}
