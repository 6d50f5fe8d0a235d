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
    private static readonly TimeSpan s_tickInterval = TimeSpan.FromSeconds(1);

    /// <summary>Streams written to between two looks at what was published, and before they are flushed.</summary>
    private const int WrittenStreamsMax = 1024;

    /// <summary>Bytes likewise, and those of the turns that go beyond: no more are looked at until these are flushed.</summary>
    private const int WrittenBytesMax = 2 << 20;

    /// <summary>Turns taken from the line at once.</summary>
    private const int TurnsAtOnce = 64;

    /// <summary>
    /// Streams served without a pause for each millisecond of rest: a few times what they cost, with what the transport does
    /// for them, so that members and clients have most of their time for other things.
    /// </summary>
    private const int ServedPerRestMillisecond = 64;

    /// <summary>The longest rest: so much later than it could an event arrives where thousands of streams are served all the time.</summary>
    private const int RestMillisecondsMax = 10;

    private readonly MemberWatches _watches;
    private readonly ILogger _logger;
    private readonly AutoResetEvent _wanted = new(initialState: true);
    private readonly TaskCompletionSource<string> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private readonly WatchSender[] _written = new WatchSender[WrittenStreamsMax];
    private readonly TurnScratch _scratch = new();
    private int _servedSinceRest;
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
            TimeSpan nextTick = s_tickInterval;
            while (!_isStopping)
            {
                bool hasMore = _watches.Advance();
                Serve();
                if (clock.Elapsed >= nextTick)
                {
                    nextTick = clock.Elapsed + s_tickInterval;
                    _watches.Tick(clock.Elapsed);
                }

                if (!hasMore && !Turns.HasAny && !Rests())
                {
                    _scratch.Clear();
                    _wanted.WaitOne(s_tickInterval);
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
        int written = 0;
        _scratch.WrittenBytes = 0;
        while (written + TurnsAtOnce <= _written.Length
            && _scratch.WrittenBytes < WrittenBytesMax
            && Turns.Take(_written.AsSpan(written, TurnsAtOnce)) is > 0 and var taken)
        {
            _servedSinceRest += taken;
            for (int end = written + taken, i = written; i < end; i++)
            {
                if (_written[i].Write(_scratch))
                {
                    _written[written++] = _written[i];
                }
            }
        }

        for (int i = 0; i < written; i++)
        {
            _written[i].Flush();
        }

        Array.Clear(_written, 0, Math.Min(_written.Length, written + TurnsAtOnce));
    }

    /// <summary>
    /// Having served very many streams, and nothing being left to do, it rests for a moment, however much is published
    /// meanwhile: what a message costs hardly depends on how many events are in it, and so they come to share one.
    /// </summary>
    private bool Rests()
    {
        int milliseconds = Math.Min(RestMillisecondsMax, _servedSinceRest / ServedPerRestMillisecond);
        _servedSinceRest = 0;
        if (milliseconds == 0)
        {
            return false;
        }

        Thread.Sleep(milliseconds);
        return true;
    }

    private void Wake() => _wanted.Set();
}
