using Quorate.Etcd.Protocol;

namespace Quorate.Client.Tests;

/// <summary>Leases, on a clock that the tests move.</summary>
public sealed class LeaseTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);
    private readonly ManualTime time = new();

    [Fact]
    public async Task A_lease_is_asked_for_at_each_third_of_its_time_and_stays()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        var kept = new TaskCompletionSource();
        var askedAt = new List<TimeSpan>();
        member.KeepAliveStreams.Enqueue(async stream =>
        {
            for (int i = 0; i < 5; i++)
            {
                long id = (await stream.ReadAsync()).ID;
                askedAt.Add(TimeSpan.FromTicks(time.GetTimestamp()));
                await stream.SayAsync(Answer(id, 30));
            }

            kept.SetResult();
            await stream.HangAsync();
        });
        using QuorateClient client = On(member);
        await using LeaseHandle lease = await client.GrantLeaseAsync(TimeSpan.FromSeconds(30));

        await time.AdvanceUntilAsync(kept.Task, Step);

        lease.Lost.IsCancellationRequested.ShouldBeFalse();
        lease.GrantedTimeToLive.ShouldBe(TimeSpan.FromSeconds(30));
        askedAt[0].ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(10));
        askedAt[4].ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(50));
    }

    [Fact]
    public async Task A_lease_that_the_server_does_not_know_is_lost()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        member.KeepAliveStreams.Enqueue(async stream =>
        {
            await stream.SayAsync(Answer((await stream.ReadAsync()).ID, 0));
            await stream.HangAsync();
        });
        using QuorateClient client = On(member);
        await using LeaseHandle lease = await client.GrantLeaseAsync(TimeSpan.FromSeconds(30));

        await time.AdvanceUntilAsync(Fires(lease.Lost), Step);

        time.GetTimestamp().ShouldBeLessThan(TimeSpan.FromSeconds(29).Ticks, "the server's word came before the clock's");
        lease.Remaining.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_lease_that_nobody_keeps_alive_is_lost_by_the_clock_and_not_before()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        using QuorateClient client = On(member);
        LeaseHandle lease = await client.GrantLeaseAsync(TimeSpan.FromSeconds(30), keepAlive: false);

        time.Advance(TimeSpan.FromSeconds(29.9));
        lease.Lost.IsCancellationRequested.ShouldBeFalse();
        lease.Remaining.ShouldBe(TimeSpan.FromSeconds(0.1));
        time.Advance(TimeSpan.FromSeconds(0.2));

        lease.Lost.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task A_lease_is_lost_in_time_when_no_member_answers()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        for (int i = 0; i < 100; i++)
        {
            member.KeepAliveStreams.Enqueue(stream => stream.HangAsync());
        }

        using QuorateClient client = On(member);
        LeaseHandle lease = await client.GrantLeaseAsync(TimeSpan.FromSeconds(30));

        await time.AdvanceUntilAsync(Fires(lease.Lost), Step);

        time.GetTimestamp().ShouldBeInRange(TimeSpan.FromSeconds(30).Ticks, TimeSpan.FromSeconds(32).Ticks);
    }

    [Fact]
    public async Task A_member_that_does_not_answer_is_left_and_the_lease_stays()
    {
        await using FakeMember hanging = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        var kept = new TaskCompletionSource();
        hanging.KeepAliveStreams.Enqueue(stream => stream.HangAsync());
        second.KeepAliveStreams.Enqueue(async stream =>
        {
            await stream.SayAsync(Answer((await stream.ReadAsync()).ID, 30));
            await stream.ReadAsync();
            kept.SetResult();
            await stream.HangAsync();
        });
        using QuorateClient client = On(hanging, second);
        LeaseHandle lease = await client.GrantLeaseAsync(TimeSpan.FromSeconds(30));

        await time.AdvanceUntilAsync(kept.Task, Step);

        lease.Lost.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task Time_that_is_granted_counts_from_when_it_was_asked_for()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        var asked = new TaskCompletionSource();
        var answering = new TaskCompletionSource();
        var again = new TaskCompletionSource();
        member.KeepAliveStreams.Enqueue(async stream =>
        {
            long id = (await stream.ReadAsync()).ID;
            asked.SetResult();
            await answering.Task;
            await stream.SayAsync(Answer(id, 30));
            await stream.ReadAsync();
            again.SetResult();
            await stream.HangAsync();
        });
        using QuorateClient client = On(member);
        LeaseHandle lease = await client.GrantLeaseAsync(TimeSpan.FromSeconds(30));
        await time.AdvanceUntilAsync(asked.Task, Step);
        long askedBy = time.GetTimestamp();
        time.Advance(TimeSpan.FromSeconds(4));

        answering.SetResult();
        await time.AdvanceUntilAsync(again.Task, Step);

        // At the second question the answer has been taken, and no time been granted since.
        TimeSpan sinceAsked = time.GetElapsedTime(askedBy);
        lease.Remaining.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(30) - sinceAsked);
        lease.Remaining.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Fact]
    public async Task Each_handle_of_one_lease_lives_by_the_same_answers()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        var opened = new TaskCompletionSource();
        var kept = new TaskCompletionSource();
        member.KeepAliveStreams.Enqueue(async stream =>
        {
            opened.SetResult();
            for (int i = 0; i < 5; i++)
            {
                await stream.SayAsync(Answer((await stream.ReadAsync()).ID, 30));
            }

            await stream.ReadAsync();
            kept.SetResult();
            await stream.HangAsync();
        });
        member.KeepAliveStreams.Enqueue(async stream => await stream.SayAsync(Answer((await stream.ReadAsync()).ID, 30)));
        using QuorateClient client = On(member);
        LeaseHandle one = await client.GrantLeaseAsync(TimeSpan.FromSeconds(30));
        await opened.Task;
        LeaseHandle other = await client.KeepLeaseAliveAsync(one.Id);

        await time.AdvanceUntilAsync(kept.Task, Step);

        one.Lost.IsCancellationRequested.ShouldBeFalse();
        other.Lost.IsCancellationRequested.ShouldBeFalse();
        time.GetTimestamp().ShouldBeGreaterThan(TimeSpan.FromSeconds(50).Ticks, "one question is for both");

        await one.DisposeAsync();
        other.Lost.IsCancellationRequested.ShouldBeFalse();
        member.Calls.ShouldNotContain("LeaseRevoke");
        await other.DisposeAsync();
        member.Calls.ShouldContain("LeaseRevoke");
    }

    [Fact]
    public async Task Disposing_a_lease_tells_who_relies_on_it_and_revokes_it()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        using QuorateClient client = On(member);
        LeaseHandle lease = await client.GrantLeaseAsync(TimeSpan.FromSeconds(30), keepAlive: false);

        await lease.DisposeAsync();
        await lease.DisposeAsync();

        lease.Lost.IsCancellationRequested.ShouldBeTrue();
        member.Calls.ShouldBe(["LeaseGrant", "LeaseRevoke"]);
    }

    private static LeaseKeepAliveResponse Answer(long id, long seconds) => new() { Header = new ResponseHeader(), ID = id, TTL = seconds };

    private static Task Fires(CancellationToken token)
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(() => fired.SetResult());
        return fired.Task;
    }

    private QuorateClient On(params FakeMember[] members) => new(new QuorateClientOptions
    {
        Endpoints = [.. members.Select(member => member.Endpoint)],
        TimeProvider = time,
        ProbeTimeout = TimeSpan.FromMinutes(1),
        Timeout = TimeSpan.FromMinutes(1),
    });
}
