using System.Diagnostics;
using Quorate.Etcd.Watches;

namespace Quorate.Server.Watches;

/// <summary>
/// The thread that brings published versions to the watches of a member, and what these have to say to their clients. The
/// replica's loop only sets an event; however many versions were published meanwhile, they are one wake-up here, and
/// however many streams have something to say then, they cost none.
/// </summary>
internal sealed class WatchLoop : IDisposable
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    /// <summary>Turns of streams between two looks at what was published.</summary>
    private const int TurnsMax = 256;

    private readonly MemberWatches _watches;
    private readonly ILogger _logger;
    private readonly AutoResetEvent _wanted = new(initialState: true);
    private readonly TaskCompletionSource<string> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private readonly WatchSender[] _served = new WatchSender[TurnsMax];
    private readonly TurnScratch _scratch = new();
    private volatile bool _isStopping;

    public WatchLoop(MemberWatches watches, ILogger logger)
    {
        _watches = watches;
        _logger = logger;
        _thread = new Thread(Run) { Name = "quorate watches", IsBackground = true };
        watches.AdvanceWanted = Wake;
        Turns = new SenderTurns(Wake);
    }

    /// <summary>Where streams ask to be served.</summary>
    public SenderTurns Turns { get; }

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
            Turns.Adopt();
            var clock = Stopwatch.StartNew();
            TimeSpan nextTick = TickInterval;
            while (!_isStopping)
            {
                bool hasMore = _watches.Advance();
                Serve();
                if (clock.Elapsed >= nextTick)
                {
                    nextTick = clock.Elapsed + TickInterval;
                    _watches.Tick(clock.Elapsed);
                }

                if (!hasMore && !Turns.HasAny)
                {
                    _scratch.Clear();
                    _wanted.WaitOne(TickInterval);
                }
            }
        }
        catch (Exception e)
        {
            ServerLog.WatchesFailed(_logger, e);
            _failed.TrySetResult($"watches cannot be served: {e.Message}");
        }
    }

    /// <summary>
    /// First all are written to, then all are flushed: a flush wakes whoever carries bytes on to the connection, which then
    /// finds those of many streams and does not sleep and wake for each.
    /// </summary>
    private void Serve()
    {
        int count = Turns.Take(_served);
        int written = 0;
        for (int i = 0; i < count; i++)
        {
            if (_served[i].Write(_scratch))
            {
                _served[written++] = _served[i];
            }
        }

        for (int i = 0; i < written; i++)
        {
            _served[i].Flush();
        }

        Array.Clear(_served, 0, count);
    }

    private void Wake() => _wanted.Set();
}
