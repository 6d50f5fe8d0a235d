namespace Quorate.Client.Tests;

/// <summary>A clock that stands still until a test moves it, firing what is due in order.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<ManualTimer> timers = [];
    private TimeSpan now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (gate)
        {
            return now.Ticks;
        }
    }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + new TimeSpan(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass.</summary>
    public void Advance(TimeSpan time)
    {
        TimeSpan until;
        lock (gate)
        {
            until = now + time;
        }

        while (true)
        {
            ManualTimer? next;
            lock (gate)
            {
                next = timers.Where(timer => timer.Due <= until).MinBy(timer => timer.Due);
                if (next is null)
                {
                    now = until;
                    return;
                }

                now = next.Due > now ? next.Due : now;
                timers.Remove(next);
            }

            next.Fire();
        }
    }

    /// <summary>
    /// Lets time pass step by step until something has come about: what other threads do in answer to a step is given
    /// room before the next, the more the busier the machine is, so that time does not run away from them.
    /// </summary>
    public async Task AdvanceUntilAsync(Task happened, TimeSpan step)
    {
        using var echo = new LoopbackEcho();
        for (int i = 0; i < 10_000 && !happened.IsCompleted; i++)
        {
            Advance(step);
            Task room = echo.RoundTripsAsync(10);
            await Task.WhenAny(happened, Task.WhenAll(room, Task.Delay(20)));
            await room;
        }

        await happened.WaitAsync(TimeSpan.FromMinutes(1));
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                time.timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = time.now + dueTime;
                    time.timers.Add(this);
                }

                return true;
            }
        }

        public void Fire() => callback(state);

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
