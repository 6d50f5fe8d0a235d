using Quorate.Etcd.Protocol;
using Quorate.Grpc;

namespace Quorate.Client.Tests;

/// <summary>How the holder of a lock learns that it has lost it.</summary>
public sealed class LockTests
{
    /// <summary>More than one operation meets: with the pause below it makes fewer attempts than this until its time is over.</summary>
    private const int FailuresOfTwoOperations = 8;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly Status NoLeader = new(StatusCode.Unavailable, "etcdserver: no leader");

    [Fact]
    public async Task A_lock_whose_key_is_deleted_is_lost_though_nobody_can_be_asked()
    {
        await using FakeMember member = await StartAsync();
        var isHeld = new TaskCompletionSource();
        member.WatchStreams.Enqueue(async stream =>
        {
            WatchCreateRequest create = (await stream.ReadAsync()).CreateRequest;
            await isHeld.Task;
            SetOutOfOrder(member);
            var deletion = new Event { Type = Event.Types.EventType.Delete, Kv = new KeyValue { Key = create.Key, ModRevision = 9 } };
            await stream.SayAsync(
                Answer(create.WatchId, answer => answer.Created = true),
                Answer(create.WatchId, answer => answer.Events.Add(deletion)));
            await stream.HangAsync();
        });
        using QuorateClient client = On(member);
        LockHandle held = (await client.TryLockAsync("door"))!;
        isHeld.SetResult();

        await Fires(held.Lost);

        member.Failures.Clear();
        await held.DisposeAsync();
    }

    [Fact]
    public async Task Where_the_history_is_gone_the_key_is_asked_for_until_somebody_answers()
    {
        await using FakeMember member = await StartAsync();
        var isHeld = new TaskCompletionSource();
        member.WatchStreams.Enqueue(async stream =>
        {
            WatchCreateRequest create = (await stream.ReadAsync()).CreateRequest;
            await isHeld.Task;
            SetOutOfOrder(member);
            await stream.SayAsync(
                Answer(create.WatchId, answer => answer.Created = true),
                Answer(create.WatchId, answer => (answer.Canceled, answer.CompactRevision) = (true, 12)));
            await stream.HangAsync();
        });
        using QuorateClient client = On(member);
        await using LockHandle held = (await client.TryLockAsync("door"))!;
        isHeld.SetResult();

        await Fires(held.Lost);

        member.Failures.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0x1f, "door/1f")]
    [InlineData(-7, "door/-7")]
    [InlineData(long.MinValue, "door/-8000000000000000")]
    public async Task The_key_of_a_lease_is_the_one_that_etcds_own_recipe_writes(long id, string key)
    {
        await using FakeMember member = await StartAsync();
        using QuorateClient client = On(member);
        await using LeaseHandle lease = await client.GrantLeaseAsync(TimeSpan.FromSeconds(60), keepAlive: false, id);

        await using LockHandle held = (await client.TryLockAsync("door", new LockOptions { Lease = lease }))!;

        held.Key.ToStringUtf8().ShouldBe(key);
    }

    private static async Task<FakeMember> StartAsync()
    {
        FakeMember member = await FakeMember.StartAsync();

        // So long that a loss which the lease's clock tells would come too late.
        member.GrantedSeconds = 36_000;
        return member;
    }

    /// <summary>Its key is gone, and the member knows no leader for a while.</summary>
    private static void SetOutOfOrder(FakeMember member)
    {
        member.Keys.Clear();
        for (int i = 0; i < FailuresOfTwoOperations; i++)
        {
            member.Failures.Enqueue(NoLeader);
        }
    }

    private static WatchResponse Answer(long id, Action<WatchResponse> saying)
    {
        var answer = new WatchResponse { Header = new ResponseHeader { Revision = 20 }, WatchId = id };
        saying(answer);
        return answer;
    }

    private static QuorateClient On(FakeMember member) =>
        new(new QuorateClientOptions { Endpoints = [member.Endpoint], RetryPause = Pause, RetryPauseMax = Pause });

    private static async Task Fires(CancellationToken token)
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = token.Register(() => fired.TrySetResult());
        await fired.Task.WaitAsync(TimeSpan.FromMinutes(1), CancellationToken.None);
    }
}
