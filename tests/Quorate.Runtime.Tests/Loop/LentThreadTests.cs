using Quorate.Io;
using Quorate.Runtime.Tests.Peers;

namespace Quorate.Runtime.Tests.Loop;

/// <summary>Who does the log's work that a frame has led to.</summary>
public sealed class LentThreadTests : IDisposable
{
    private static readonly TimeSpan NoTicks = TimeSpan.FromHours(1);

    private readonly FakeReplica _replica = new() { IsAtRest = true };
    private readonly List<Exception> _crashes = [];
    private ReplicaLoop? _loop;
    private WorkLane? _lane;
    private IWorkLane? _counted;

    public void Dispose()
    {
        _loop?.Stop(Patience.Limit).ShouldBeTrue();
        _lane?.Stop(Patience.Limit).ShouldBeTrue();
    }

    [Fact]
    public async Task A_frame_to_a_replica_at_rest_has_its_work_done_by_the_thread_that_reads_the_connection()
    {
        ReplicaLoop loop = Start(NoTicks);
        await UntilLentAsync(async read =>
        {
            NotingWork work = await PostWorkAsync(loop);
            await Patience.ForAsync(work.CompletedOn.Task); // completed within the call, unless the loop was in the replica
            return work.SteppedOn == read;
        });
        _crashes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Under_load_the_work_is_the_lanes_own()
    {
        _replica.IsAtRest = false;
        ReplicaLoop loop = Start(NoTicks);
        int read = 0;
        NotingWork? work = null;
        await ReadAsync(async _ =>
        {
            read = Environment.CurrentManagedThreadId;
            work = await PostWorkAsync(loop);
        });
        await Patience.ForAsync(work!.CompletedOn.Task);
        work.SteppedOn.ShouldNotBe(read);
    }

    [Fact]
    public async Task A_thread_that_is_no_connections_is_not_lent()
    {
        ReplicaLoop loop = Start(NoTicks);
        NotingWork work = await PostWorkAsync(loop);
        int own = Environment.CurrentManagedThreadId;
        await Patience.ForAsync(work.CompletedOn.Task);
        work.SteppedOn.ShouldNotBe(own);
    }

    [Fact]
    public async Task While_the_disk_hangs_the_connection_is_read_on()
    {
        ReplicaLoop loop = Start(TimeSpan.FromMilliseconds(1));
        using var mayEnd = new ManualResetEventSlim();
        await UntilLentAsync(async read =>
        {
            var work = new NotingWork { MayEnd = mayEnd };
            await PostAsync(loop, work);

            // A thread that is not lent goes on at once, and a lent one only when the work has ended, which it has not.
            bool wasLent = Environment.CurrentManagedThreadId != read;
            if (wasLent)
            {
                work.HasBegun.Wait(Patience.Limit).ShouldBeTrue();
                work.SteppedOn.ShouldBe(read);

                // It hangs, and yet this line is reached, and frames reach the replica.
                work.CompletedOn.Task.IsCompleted.ShouldBeFalse();
                _replica.OnFrame = null;
                await loop.PostAsync(2, PeerEnd.Frame("heartbeat"), CancellationToken.None);
                await Patience.UntilAsync(() => _replica.Events.Contains("frame 2 heartbeat"), "it is heard");
                work.CompletedOn.Task.IsCompleted.ShouldBeFalse();
            }

            mayEnd.Set();
            await Patience.ForAsync(work.CompletedOn.Task);
            mayEnd.Reset();
            return wasLent;
        });
        mayEnd.Set();
        _crashes.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_flush_that_fails_on_a_lent_thread_is_told_to_the_replica()
    {
        ReplicaLoop loop = Start(NoTicks);
        var error = new IOException("no flush");
        await UntilLentAsync(async read =>
        {
            NotingWork work = await PostWorkAsync(loop, error);
            await Patience.ForAsync(work.CompletedOn.Task);
            work.Error.ShouldBe(error);
            return work.SteppedOn == read;
        });
    }

    [Fact]
    public async Task Stopping_waits_for_the_work_of_a_lent_thread()
    {
        ReplicaLoop loop = Start(NoTicks);
        using var mayEnd = new ManualResetEventSlim();
        var work = new NotingWork { MayEnd = mayEnd };
        Task reading = ReadAsync(async _ => await PostAsync(loop, work));
        work.HasBegun.Wait(Patience.Limit).ShouldBeTrue();
        loop.Stop(TimeSpan.Zero).ShouldBeFalse();
        _lane!.Stop(TimeSpan.Zero).ShouldBeFalse();
        mayEnd.Set();
        loop.Stop(Patience.Limit).ShouldBeTrue();
        work.CompletedOn.Task.IsCompleted.ShouldBeTrue();
        _lane.Stop(Patience.Limit).ShouldBeTrue();
        await Patience.ForAsync(reading);
    }

    [Fact]
    public async Task Work_that_was_kept_for_the_thread_is_done_even_where_the_replica_then_fails()
    {
        ReplicaLoop loop = Start(NoTicks);
        await Patience.UntilAsync(() => _replica.Count("pump") > 0, "the loop has begun");
        _replica.ThrowOnPump = new InvalidOperationException("a fault");
        var work = new NotingWork();
        await ReadAsync(async _ => await PostAsync(loop, work));
        work.HasBegun.Wait(Patience.Limit).ShouldBeTrue();
        await Patience.UntilAsync(() => _crashes.Count == 1, "the fault was told");
    }

    private ReplicaLoop Start(TimeSpan tickInterval)
    {
        _loop = new ReplicaLoop("test loop", new SystemClock(), tickInterval, new InboxLimits(), () => { }, _crashes.Add);
        _counted = _loop.Lane(post => _lane = new WorkLane("test lane", post), entersReplica: true);
        _loop.Start(_replica);
        return _loop;
    }

    /// <summary>Posts a frame that leads to work of the log.</summary>
    private ValueTask PostAsync(ReplicaLoop loop, NotingWork work)
    {
        _replica.OnFrame = _ => _counted!.Submit(work);
        return loop.PostAsync(2, PeerEnd.Frame("entries"), CancellationToken.None);
    }

    private async Task<NotingWork> PostWorkAsync(ReplicaLoop loop, Exception? throws = null)
    {
        var work = new NotingWork { Throws = throws };
        await PostAsync(loop, work);
        return work;
    }

    /// <summary>
    /// Reads connections, each on a thread of its own, until one is lent. Where the loop happens to be in its turn none is,
    /// and what had to wait for it goes on in the pool, whose threads never are.
    /// </summary>
    private static async Task UntilLentAsync(Func<int, Task<bool>> read)
    {
        bool wasLent = false;
        for (int attempts = 0; !wasLent; attempts++)
        {
            attempts.ShouldBeLessThan(1000, "no thread is ever lent");
            await ReadAsync(async _ => wasLent = await read(Environment.CurrentManagedThreadId));
        }
    }

    private static Task ReadAsync(Func<ConnectionThread, Task> read)
    {
        var thread = new ConnectionThread("test connection", read);
        thread.Start();
        return Patience.ForAsync(thread.Ended);
    }
}
