using System.Diagnostics;
using Quorate.Etcd.Watches;

namespace Quorate.Server.Watches;

/// <summary>
/// The thread that brings published versions to the watches of a member. The replica's loop only sets an event; however
/// many versions were published meanwhile, they are one wake-up here.
/// </summary>
internal sealed class WatchLoop : IDisposable
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly MemberWatches _watches;
    private readonly ILogger _logger;
    private readonly AutoResetEvent _wanted = new(initialState: true);
    private readonly TaskCompletionSource<string> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private volatile bool _isStopping;

    public WatchLoop(MemberWatches watches, ILogger logger)
    {
        _watches = watches;
        _logger = logger;
        _thread = new Thread(Run) { Name = "quorate watches", IsBackground = true };
        watches.AdvanceWanted = () => _wanted.Set();
    }

    /// <summary>Ends with the reason when watches cannot be served any more; a member must then stop, for its clients wait in vain.</summary>
    public Task<string> Failed => _failed.Task;

    public void Start() => _thread.Start();

    public void Dispose()
    {
        _watches.AdvanceWanted = null;
        _isStopping = true;
        _wanted.Set();
        if (_thread.ThreadState != System.Threading.ThreadState.Unstarted)
        {
            _thread.Join();
        }

        // The event is left to the collector: the replica's loop may be about to set it.
    }

    private void Run()
    {
        try
        {
            var clock = Stopwatch.StartNew();
            TimeSpan nextTick = TickInterval;
            while (!_isStopping)
            {
                while (!_isStopping && _watches.Advance())
                {
                }

                if (clock.Elapsed >= nextTick)
                {
                    nextTick = clock.Elapsed + TickInterval;
                    _watches.Tick(clock.Elapsed);
                }

                _wanted.WaitOne(TickInterval);
            }
        }
        catch (Exception e)
        {
            ServerLog.WatchesFailed(_logger, e);
            _failed.TrySetResult($"watches cannot be served: {e.Message}");
        }
    }
}
