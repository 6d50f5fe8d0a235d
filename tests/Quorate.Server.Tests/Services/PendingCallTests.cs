using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Server.Services;

namespace Quorate.Server.Tests.Services;

public sealed class PendingCallTests
{
    [Fact]
    public async Task A_read_that_throws_ends_its_call_and_not_the_process()
    {
        var call = new PendingCall<RangeResponse>(new FakeCallContext(DateTime.MaxValue));

        await OnAnotherThread(() => call.Hand(new BrokenRead()));

        (await Should.ThrowAsync<InvalidOperationException>(call.Response)).Message.ShouldBe("a fault");
    }

    [Fact]
    public void What_is_answered_while_the_request_is_made_is_there_when_it_is_asked_for()
    {
        var call = new PendingCall<RangeResponse>();

        call.Hand(new OneKeyRead(call));

        call.Response.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_long_read_is_carried_out_by_whoever_makes_the_request_only_where_no_replica_is_kept_waiting(bool isLocal)
    {
        var call = new PendingCall<RangeResponse>();
        LongRead read = new(call, isLocal);

        call.Hand(read);

        await call.Response;
        read.WasCarriedOutByItsMaker.ShouldBe(isLocal);
    }

    [Fact]
    public async Task Whoever_awaits_an_answer_never_goes_on_on_the_thread_that_has_brought_it()
    {
        var call = new PendingCall<RangeResponse>();
        Task<int> awaited = ThreadAfter(call.Response);
        int bringer = 0;

        await OnAnotherThread(() =>
        {
            bringer = Environment.CurrentManagedThreadId;
            call.Hand(new OneKeyRead(call));
        });

        (await awaited).ShouldNotBe(bringer);
    }

    [Fact]
    public void A_deadline_in_the_past_leaves_no_time_rather_than_less_than_none()
    {
        new PendingCall<RangeResponse>(new FakeCallContext(DateTime.UtcNow.AddMinutes(-1))).Timeout.ShouldBe(TimeSpan.Zero);
        new PendingCall<RangeResponse>(new FakeCallContext(DateTime.MaxValue)).Timeout.ShouldBeNull();
        new PendingCall<RangeResponse>(new FakeCallContext(DateTime.UtcNow.AddHours(1))).Timeout!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Theory]
    [InlineData(2, 1.8)]
    [InlineData(60, 59.75)]
    public void A_request_ends_a_little_before_its_deadline_so_that_the_caller_hears_why(double secondsLeft, double secondsGiven)
    {
        TimeSpan given = new PendingCall<RangeResponse>(new FakeCallContext(DateTime.UtcNow.AddSeconds(secondsLeft))).Timeout!.Value;

        // Less by what the test itself takes.
        given.TotalSeconds.ShouldBeLessThanOrEqualTo(secondsGiven);
        given.TotalSeconds.ShouldBeGreaterThan(secondsGiven - 1.5);
    }

    private static async Task<int> ThreadAfter(Task task)
    {
        await task.ConfigureAwait(false);
        return Environment.CurrentManagedThreadId;
    }

    private static Task OnAnotherThread(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private sealed class LongRead(PendingCall<RangeResponse> call, bool isLocal) : IPreparedRead
    {
        private readonly int _maker = Environment.CurrentManagedThreadId;

        public bool IsShort => false;

        public bool IsLocal => isLocal;

        public bool WasCarriedOutByItsMaker { get; private set; }

        public void Run()
        {
            WasCarriedOutByItsMaker = Environment.CurrentManagedThreadId == _maker;
            call.End(new RangeResponse());
        }
    }

    private sealed class BrokenRead : IPreparedRead
    {
        public bool IsShort => false;

        public bool IsLocal => true;

        public void Run() => throw new InvalidOperationException("a fault");
    }

    private sealed class OneKeyRead(PendingCall<RangeResponse> call) : IPreparedRead
    {
        public bool IsShort => true;

        public bool IsLocal => false;

        public void Run() => call.End(new RangeResponse());
    }
}
