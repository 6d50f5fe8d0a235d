using Quorate.Io;
using Quorate.Runtime.Tests.Peers;

namespace Quorate.Runtime.Tests.Loop;

/// <summary>A thread that is released before it has begun to wait for what it is lent for.</summary>
public sealed class ReleasedThreadTests : IDisposable
{
    private readonly FakeReplica _replica = new() { IsAtRest = true };
    private readonly List<Exception> _crashes = [];
    private ReplicaLoop? _loop;
    private WorkLane? _lane;
    private IWorkLane? _counted;

    public void Dispose()
    {
        _loop?.Stop(TimeSpan.FromSeconds(1));
        _lane?.Stop(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task The_work_begins_although_the_thread_was_preempted_for_two_ticks_after_it_had_been_lent()
    {
        _loop = new ReplicaLoop("test loop", new SystemClock(), TimeSpan.FromMilliseconds(1), new InboxLimits(), () => { }, _crashes.Add);
        _counted = _loop.Lane(post => _lane = new WorkLane("test lane", post), entersReplica: true);
        _loop.Start(_replica);
        bool wasLent = false;
        for (int i = 0; i < 1000 && !wasLent; i++)
        {
            var work = new NotingWork();
            bool began = false;
            var thread = new ConnectionThread("test connection", async _ =>
            {
                int own = Environment.CurrentManagedThreadId;
                _replica.OnFrame = _ => _counted!.Submit(work);
                ValueTask posted = _loop.PostAsync(2, PeerEnd.Frame("entries"), CancellationToken.None);
                wasLent = !posted.IsCompleted;
                if (wasLent)
                {
                    Thread.Sleep(100); // the system has other work
                }

                await posted;

                // Reads on, as PeerSocketStream does on the connection's own thread: it blocks until the peer says something.
                began = work.HasBegun.Wait(TimeSpan.FromSeconds(3));
            });
            thread.Start();
            await thread.Ended.WaitAsync(TimeSpan.FromSeconds(30));
            began.ShouldBeTrue("the log's work is done by nobody");
        }

        wasLent.ShouldBeTrue();
    }

    [Fact]
    public async Task The_work_is_done_although_the_connection_ends_before_the_thread_has_come_to_it()
    {
        using var ended = new ManualResetEventSlim();
        int done = 0;
        var lane = new WorkLane("test lane", (_, _) => Interlocked.Increment(ref done));
        var work = new NotingWork();
        lane.Submit(work, wake: false);
        var thread = new ConnectionThread("test connection", async thread =>
        {
            ValueTask lent = thread.Lend(lane);
            thread.Release(); // the listener stops
            Thread.Sleep(100);
            await lent;
        });
        thread.Start();
        await thread.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        bool began = work.HasBegun.Wait(TimeSpan.FromSeconds(3));
        lane.Stop(TimeSpan.FromSeconds(5));
        began.ShouldBeTrue();
    }
}
