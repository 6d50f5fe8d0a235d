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
    private readonly QuorateClient client;
    private readonly LeaseKeeper keeper;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource lost = new();
    private readonly Lock gate = new();
    private readonly ITimer expiry;
    private TimeSpan timeToLive;
    private bool isLost;
    private bool isDisposed;

    /// <summary>When the last question was sent that the server has answered.</summary>
    private long confirmedFrom;

    /// <summary>When the question was sent that is under way; null if none is.</summary>
    private long? asked;

    /// <summary>When the last question was sent, answered or not.</summary>
    private long lastAsked;

    internal LeaseHandle(QuorateClient client, LeaseKeeper keeper, TimeProvider time, long id, TimeSpan timeToLive, long askedAt)
    {
        this.client = client;
        this.keeper = keeper;
        this.time = time;
        this.timeToLive = timeToLive;
        Id = id;
        GrantedTimeToLive = timeToLive;
        Lost = lost.Token;
        confirmedFrom = askedAt;
        lastAsked = askedAt;
        expiry = time.CreateTimer(static handle => ((LeaseHandle)handle!).LoseIfExpired(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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
            lock (gate)
            {
                TimeSpan left = Left;
                return isLost || left < TimeSpan.Zero ? TimeSpan.Zero : left;
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

    private TimeSpan Interval => timeToLive / 3;

    private TimeSpan Left => timeToLive - time.GetElapsedTime(confirmedFrom);

    /// <summary>
    /// Stops what relies on it by <see cref="Lost"/>, then revokes it, unless another handle of
    /// the same client keeps it alive. If no member can be reached, the lease ends by itself.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            if (isDisposed)
            {
                return;
            }

            isDisposed = true;
        }

        Lose();
        if (client.IsDisposed || keeper.Keeps(Id))
        {
            return;
        }

        try
        {
            await client.RevokeLeaseAsync(Id).ConfigureAwait(false);
        }
        catch (Exception e) when (e is QuorateException or ObjectDisposedException)
        {
            // Nobody keeps it alive any more.
        }
    }

    /// <summary>How long until it is time to ask for more; null while a question is under way.</summary>
    internal TimeSpan? UntilDue()
    {
        lock (gate)
        {
            return asked is null ? Interval - time.GetElapsedTime(lastAsked) : null;
        }
    }

    /// <summary>Whether a question has been under way for too long.</summary>
    internal bool IsUnanswered()
    {
        lock (gate)
        {
            return asked is { } from && time.GetElapsedTime(from) >= AnswerTimeout;
        }
    }

    /// <summary>A question is about to be sent.</summary>
    internal void Ask()
    {
        lock (gate)
        {
            lastAsked = time.GetTimestamp();
            asked = lastAsked;
        }
    }

    /// <summary>The stream that carried a question is gone, and the answer with it: it is asked again at once.</summary>
    internal void Forget()
    {
        lock (gate)
        {
            if (asked is not null)
            {
                asked = null;
                lastAsked = confirmedFrom;
            }
        }
    }

    /// <summary>The server's answer to the question under way. Not asked for, it could not be told from when it counts.</summary>
    internal void Answer(long seconds)
    {
        lock (gate)
        {
            if (asked is not { } from || isLost)
            {
                return;
            }

            asked = null;
            if (seconds > 0 && Left > TimeSpan.Zero)
            {
                confirmedFrom = from;
                timeToLive = LeaseKeeper.FromSeconds(seconds);
                return;
            }
        }

        Lose();
    }

    /// <summary>Says that it is lost, once.</summary>
    internal void Lose()
    {
        lock (gate)
        {
            if (isLost)
            {
                return;
            }

            isLost = true;
        }

        keeper.Remove(this);
        expiry.Dispose();

        // Never runs what waits for it: a timer and the stream of all leases must not wait for somebody's work.
        _ = lost.CancelAsync();
    }

    private void LoseIfExpired()
    {
        lock (gate)
        {
            TimeSpan left = Left;
            if (isLost || left > TimeSpan.Zero)
            {
                // More time has been granted meanwhile. A timer may be early by less than its unit.
                if (!isLost)
                {
                    TimeSpan wait = left + TimeSpan.FromMilliseconds(1);
                    expiry.Change(wait < LeaseKeeper.TimerMax ? wait : LeaseKeeper.TimerMax, Timeout.InfiniteTimeSpan);
                }

                return;
            }
        }

        Lose();
    }
}
