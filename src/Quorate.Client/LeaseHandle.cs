using Quorate.Client.Leasing;

namespace Quorate.Client;

/// <summary>
/// A lease, and whether it is certainly still there. Keys that are written with its <see cref="Id"/> go when it goes.
/// Disposing it revokes it, unless another handle of the same client keeps it alive.
/// <para>
/// By this process's monotonic clock it counts as lost once its TTL has passed since the sending of the last question for
/// more time that was answered: the server counts from a later moment, so that it never ends a lease that counts as held
/// here. That holds while both clocks run equally fast and this process runs; one that was suspended finds out when it
/// wakes. What must hold even then needs a fencing token (<see cref="LockHandle.FencingToken"/>).
/// </para>
/// </summary>
public sealed class LeaseHandle : IAsyncDisposable
{
    private readonly QuorateClient _client;
    private readonly LeaseKeeper _keeper;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _lost = new();
    private readonly Lock _gate = new();
    private readonly ITimer _expiry;
    private TimeSpan _timeToLive;
    private bool _isLost;
    private bool _isDisposed;

    /// <summary>When the last question was sent that the server has answered.</summary>
    private long _confirmedFrom;

    /// <summary>When the question was sent that is under way; null if none is.</summary>
    private long? _asked;

    /// <summary>When the last question was sent, answered or not.</summary>
    private long _lastAsked;

    internal LeaseHandle(QuorateClient client, LeaseKeeper keeper, TimeProvider time, long id, TimeSpan timeToLive, long askedAt)
    {
        _client = client;
        _keeper = keeper;
        _time = time;
        _timeToLive = timeToLive;
        Id = id;
        GrantedTimeToLive = timeToLive;
        Lost = _lost.Token;
        _confirmedFrom = askedAt;
        _lastAsked = askedAt;
        _expiry = time.CreateTimer(static handle => ((LeaseHandle)handle!).LoseIfExpired(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        LoseIfExpired();
    }

    /// <summary>What the server knows it by.</summary>
    public long Id { get; }

    /// <summary>How long the server keeps it without being asked for more, as it said first.</summary>
    public TimeSpan GrantedTimeToLive { get; }

    /// <summary>Fires when the lease is lost, or disposed. Work that relies on it stops then.</summary>
    public CancellationToken Lost { get; }

    /// <summary>How long it is certainly there yet, if nothing else were heard; zero once it is lost.</summary>
    public TimeSpan Remaining
    {
        get
        {
            lock (_gate)
            {
                TimeSpan left = Left;
                return _isLost || left < TimeSpan.Zero ? TimeSpan.Zero : left;
            }
        }
    }

    /// <summary>After how long a question the server has not answered is to be asked elsewhere.</summary>
    internal TimeSpan AnswerTimeout
    {
        get
        {
            TimeSpan interval = Interval;
            return interval < LeaseKeeper.AnswerTimeoutMax ? interval : LeaseKeeper.AnswerTimeoutMax;
        }
    }

    private TimeSpan Interval => _timeToLive / 3;

    private TimeSpan Left => _timeToLive - _time.GetElapsedTime(_confirmedFrom);

    /// <summary>
    /// Stops what relies on it by <see cref="Lost"/>, then revokes it, unless another handle of
    /// the same client keeps it alive. If no member can be reached, the lease ends by itself.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        Lose();
        if (_client.IsDisposed || _keeper.Keeps(Id))
        {
            return;
        }

        try
        {
            await _client.RevokeLeaseAsync(Id).ConfigureAwait(false);
        }
        catch (Exception e) when (e is QuorateException or ObjectDisposedException)
        {
            // Nobody keeps it alive any more.
        }
    }

    /// <summary>How long until it is time to ask for more; null while a question is under way.</summary>
    internal TimeSpan? UntilDue()
    {
        lock (_gate)
        {
            return _asked is null ? Interval - _time.GetElapsedTime(_lastAsked) : null;
        }
    }

    /// <summary>Whether a question has been under way for too long.</summary>
    internal bool IsUnanswered()
    {
        lock (_gate)
        {
            return _asked is { } from && _time.GetElapsedTime(from) >= AnswerTimeout;
        }
    }

    /// <summary>A question is about to be sent.</summary>
    internal void Ask()
    {
        lock (_gate)
        {
            _lastAsked = _time.GetTimestamp();
            _asked = _lastAsked;
        }
    }

    /// <summary>The stream that carried a question is gone, and the answer with it: it is asked again at once.</summary>
    internal void Forget()
    {
        lock (_gate)
        {
            if (_asked is not null)
            {
                _asked = null;
                _lastAsked = _confirmedFrom;
            }
        }
    }

    /// <summary>The server's answer to the question under way. Not asked for, it could not be told from when it counts.</summary>
    internal void Answer(long seconds)
    {
        lock (_gate)
        {
            if (_asked is not { } from || _isLost)
            {
                return;
            }

            _asked = null;
            if (seconds > 0 && Left > TimeSpan.Zero)
            {
                _confirmedFrom = from;
                _timeToLive = LeaseKeeper.FromSeconds(seconds);
                return;
            }
        }

        Lose();
    }

    /// <summary>Says that it is lost, once.</summary>
    internal void Lose()
    {
        lock (_gate)
        {
            if (_isLost)
            {
                return;
            }

            _isLost = true;
        }

        _keeper.Remove(this);
        _expiry.Dispose();

        // Never runs what waits for it: a timer and the stream of all leases must not wait for somebody's work.
        _ = _lost.CancelAsync();
    }

    private void LoseIfExpired()
    {
        lock (_gate)
        {
            TimeSpan left = Left;
            if (_isLost || left > TimeSpan.Zero)
            {
                // More time has been granted meanwhile. A timer may be early by less than its unit.
                if (!_isLost)
                {
                    TimeSpan wait = left + TimeSpan.FromMilliseconds(1);
                    _expiry.Change(wait < LeaseKeeper.TimerMax ? wait : LeaseKeeper.TimerMax, Timeout.InfiniteTimeSpan);
                }

                return;
            }
        }

        Lose();
    }
}
