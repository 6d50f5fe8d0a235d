using System.Collections.Concurrent;
using Quorate.Io;

namespace Quorate.Runtime.Tests.Loop;

public sealed class WorkLaneTests
{
    [Fact]
    public async Task Work_runs_in_the_order_submitted_and_is_reported_in_that_order()
    {
        const int Count = 1000;
        var completions = new Completions(Count);
        var lane = new WorkLane("test", completions.Post);
        var ran = new List<int>();
        for (int i = 0; i < Count; i++)
        {
            int number = i;
            lane.Submit(new FakeWork(steps: 1 + (i % 3), step: () => ran.Add(number)));
        }

        IReadOnlyList<(IWork Work, Exception? Error)> all = await completions.AllAsync();
        ran.Distinct().ShouldBe(Enumerable.Range(0, Count));
        ran.Count.ShouldBe(Enumerable.Range(0, Count).Sum(i => 1 + (i % 3)));
        all.ShouldAllBe(completion => completion.Error == null);
        lane.Stop(Patience.Limit).ShouldBeTrue();
    }

    [Fact]
    public async Task Submitting_runs_nothing_on_the_callers_thread()
    {
        var completions = new Completions(1);
        var lane = new WorkLane("test", completions.Post);
        int caller = Environment.CurrentManagedThreadId;
        int runner = caller;
        lane.Submit(new FakeWork(1, () => runner = Environment.CurrentManagedThreadId));
        await completions.AllAsync();
        runner.ShouldNotBe(caller);
        lane.Stop(Patience.Limit).ShouldBeTrue();
    }

    [Fact]
    public async Task What_a_step_throws_is_reported_and_later_work_still_runs()
    {
        var completions = new Completions(2);
        var lane = new WorkLane("test", completions.Post);
        var failing = new FakeWork(3, () => throw new IOException("no space"));
        var next = new FakeWork(1, () => { });
        lane.Submit(failing);
        lane.Submit(next);
        IReadOnlyList<(IWork Work, Exception? Error)> all = await completions.AllAsync();
        all[0].Work.ShouldBe(failing);
        all[0].Error.ShouldBeOfType<IOException>().Message.ShouldBe("no space");
        all[1].ShouldBe((next, null));
        lane.Stop(Patience.Limit).ShouldBeTrue();
    }

    [Fact]
    public void Stopping_finishes_what_was_submitted_and_takes_no_more()
    {
        var completions = new Completions(100);
        var lane = new WorkLane("test", completions.Post);
        for (int i = 0; i < 100; i++)
        {
            lane.Submit(new FakeWork(1, () => { }));
        }

        lane.Stop(Patience.Limit).ShouldBeTrue();
        completions.Count.ShouldBe(100);
        Should.Throw<ObjectDisposedException>(() => lane.Submit(new FakeWork(1, () => { })));
    }

    [Fact]
    public async Task A_thread_that_takes_the_place_of_the_lanes_own_runs_one_work_and_leaves_the_next_to_it()
    {
        var completions = new Completions(2);
        var lane = new WorkLane("test", completions.Post);
        List<int> runners = [];
        for (int i = 0; i < 2; i++)
        {
            lane.Submit(new FakeWork(1, () => runners.Add(Environment.CurrentManagedThreadId)), wake: false);
        }

        int caller = RunOnThisThread(lane);
        IReadOnlyList<(IWork Work, Exception? Error)> all = await completions.AllAsync();
        runners[0].ShouldBe(caller);
        runners[1].ShouldNotBe(caller);
        all.ShouldAllBe(completion => completion.Error == null);
        lane.Stop(Patience.Limit).ShouldBeTrue();
    }

    [Fact]
    public async Task While_one_thread_runs_work_no_other_does()
    {
        var completions = new Completions(3);
        var lane = new WorkLane("test", completions.Post);
        using var hasBegun = new ManualResetEventSlim();
        using var mayEnd = new ManualResetEventSlim();
        List<string> order = [];
        lane.Submit(
            new FakeWork(1, () =>
            {
                hasBegun.Set();
                mayEnd.Wait(Patience.Limit).ShouldBeTrue();
                order.Add("first");
            }),
            wake: false);
        Task borrower = Task.Factory.StartNew(lane.RunHere, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        hasBegun.Wait(Patience.Limit).ShouldBeTrue();
        lane.Submit(new FakeWork(1, () => order.Add("second")));
        lane.RunHere();
        lane.Submit(new FakeWork(1, () => order.Add("third")));
        lane.Wake();
        lane.Stop(TimeSpan.Zero).ShouldBeFalse();
        order.ShouldBeEmpty();
        mayEnd.Set();
        await completions.AllAsync();
        order.ShouldBe(["first", "second", "third"]);
        await Patience.ForAsync(borrower);
        lane.Stop(Patience.Limit).ShouldBeTrue();
    }

    [Fact]
    public async Task What_a_step_throws_on_a_borrowed_thread_is_reported_like_any_other()
    {
        var completions = new Completions(1);
        var lane = new WorkLane("test", completions.Post);
        lane.Submit(new FakeWork(1, () => throw new IOException("no flush")), wake: false);
        lane.RunHere();
        (await completions.AllAsync())[0].Error.ShouldBeOfType<IOException>().Message.ShouldBe("no flush");
        lane.Stop(Patience.Limit).ShouldBeTrue();
    }

    private static int RunOnThisThread(WorkLane lane)
    {
        lane.RunHere();
        return Environment.CurrentManagedThreadId;
    }

    private sealed class FakeWork(int steps, Action step) : IWork
    {
        private int _left = steps;

        public bool Step()
        {
            step();
            return --_left == 0;
        }

        public void Completed(Exception? error) => throw new InvalidOperationException("only the loop may call this");
    }

    private sealed class Completions(int expected)
    {
        private readonly ConcurrentQueue<(IWork, Exception?)> _all = [];
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Count => _all.Count;

        public void Post(IWork work, Exception? error)
        {
            _all.Enqueue((work, error));
            if (_all.Count == expected)
            {
                _done.SetResult();
            }
        }

        public async Task<IReadOnlyList<(IWork Work, Exception? Error)>> AllAsync()
        {
            await Patience.ForAsync(_done.Task);
            return [.. _all];
        }
    }
}
