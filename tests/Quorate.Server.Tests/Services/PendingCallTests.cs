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

        call.Hand(new BrokenRead());

        (await Should.ThrowAsync<InvalidOperationException>(call.Response)).Message.ShouldBe("a fault");
    }

    [Fact]
    public void A_deadline_in_the_past_leaves_no_time_rather_than_less_than_none()
    {
        new PendingCall<RangeResponse>(new FakeCallContext(DateTime.UtcNow.AddMinutes(-1))).Timeout.ShouldBe(TimeSpan.Zero);
        new PendingCall<RangeResponse>(new FakeCallContext(DateTime.MaxValue)).Timeout.ShouldBeNull();
        new PendingCall<RangeResponse>(new FakeCallContext(DateTime.UtcNow.AddHours(1))).Timeout!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    private sealed class BrokenRead : IPreparedRead
    {
        public void Run() => throw new InvalidOperationException("a fault");
    }
}
