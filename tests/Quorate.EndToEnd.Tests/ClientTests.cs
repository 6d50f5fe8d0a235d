using System.Text.Json;
using Google.Protobuf;
using Quorate.Client;
using Quorate.EndToEnd.Tests.Harness;
using Quorate.Etcd.Protocol;

namespace Quorate.EndToEnd.Tests;

/// <summary>The .NET client with a cluster whose members are killed: what it promises holds for ours as it does for etcd.</summary>
public sealed class ClientTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private ClusterProcesses _cluster = null!;

    private string[] Endpoints => [.. _cluster.Members.Select(member => member.Endpoint)];

    public async Task InitializeAsync() => _cluster = await ClusterProcesses.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task A_watch_tells_every_write_once_and_in_order_while_each_member_in_turn_is_killed_and_started_again()
    {
        using QuorateClient watching = Client();
        await using IAsyncEnumerator<WatchBatch> batches = watching.WatchBatchesAsync(KeyRange.Prefix("k/")).GetAsyncEnumerator();
        (await batches.MoveNextAsync()).ShouldBeTrue();
        using var stop = new CancellationTokenSource();
        int written = 0;
        Task writing = WriteUntilAsync(stop.Token);

        foreach (MemberProcess member in _cluster.Members)
        {
            await MoreWritesAsync(20);
            await member.KillAsync();
            await MoreWritesAsync(20);
            await member.StartAsync();
        }

        await MoreWritesAsync(20);
        await stop.CancelAsync();
        await writing;

        List<WatchEvent> seen = [];
        while (seen.Count < 2 * written)
        {
            (await batches.MoveNextAsync().AsTask().WaitAsync(s_patience)).ShouldBeTrue();
            (batches.Current.Events.Count % 2).ShouldBe(0, "what one transaction did comes together");
            seen.AddRange(batches.Current.Events);
        }

        seen.Select(happened => happened.Key).ShouldBe(Enumerable.Range(0, written).SelectMany(i => (string[])[$"k/{i}", $"k/{i}/too"]));

        async Task WriteUntilAsync(CancellationToken enough)
        {
            using QuorateClient client = Client();
            while (!enough.IsCancellationRequested)
            {
                try
                {
                    // The compare makes it safe to do it again where the outcome is not known.
                    await client.TxnAsync(
                        new TransactionBuilder().If(Compares.Absent($"k/{written}")).Then(Operations.Put($"k/{written}", "v"), Operations.Put($"k/{written}/too", "v")),
                        CancellationToken.None);
                    Interlocked.Increment(ref written);
                }
                catch (QuorateException)
                {
                    continue;
                }
            }
        }

        async Task MoreWritesAsync(int count)
        {
            int goal = Volatile.Read(ref written) + count;
            while (Volatile.Read(ref written) < goal)
            {
                writing.IsCompleted.ShouldBeFalse();
                await Task.Delay(10);
            }
        }
    }

    /// <summary>Another lease of the same time, which nobody keeps alive, tells when that time has certainly passed.</summary>
    [Fact]
    public async Task A_lease_is_kept_alive_through_the_death_of_the_leader_and_one_that_is_not_kept_ends()
    {
        using QuorateClient client = Client();
        await using LeaseHandle kept = await client.GrantLeaseAsync(TimeSpan.FromSeconds(8));
        await using LeaseHandle left = await client.GrantLeaseAsync(TimeSpan.FromSeconds(8), keepAlive: false);
        await client.PutAsync(new PutRequest { Key = ByteString.CopyFromUtf8("lease/kept"), Lease = kept.Id });
        long revision = (await client.PutAsync(new PutRequest { Key = ByteString.CopyFromUtf8("lease/left"), Lease = left.Id })).Header.Revision;

        await (await LeaderAsync(client)).KillAsync();

        await using IAsyncEnumerator<WatchEvent> ended = client.WatchAsync(
            KeyRange.Prefix("lease/"), new WatchOptions { StartRevision = revision + 1 }).GetAsyncEnumerator();
        (await ended.MoveNextAsync().AsTask().WaitAsync(s_patience)).ShouldBeTrue();
        (ended.Current.Type, ended.Current.Key).ShouldBe((WatchEventType.Delete, "lease/left"));
        kept.Lost.IsCancellationRequested.ShouldBeFalse();
        (await client.GetAsync("lease/kept")).ShouldNotBeNull();
        (await client.LeaseTimeToLiveAsync(left.Id)).TTL.ShouldBe(-1);
    }

    [Fact]
    public async Task A_lock_goes_with_a_larger_token_to_the_next_when_its_holder_is_killed_or_loses_its_lease()
    {
        using QuorateClient client = Client();
        await using RunningProgram holder = RunningProgram.Start(
            Programs.Quorate, ["lock", "door", "--ttl", "10", "--output", "json"], ("QUORATE_ENDPOINTS", _cluster.Endpoints));
        string line = await holder.ReadLineAsync() ?? throw new InvalidOperationException((await holder.EndedAsync()).Error);
        using JsonDocument first = JsonDocument.Parse(line);
        long firstToken = first.RootElement.GetProperty("fencing_token").GetInt64();
        string firstKey = first.RootElement.GetProperty("key").GetString()!;
        Task<LockHandle> waiting = client.LockAsync("door");

        // It is killed, and says nothing to anybody.
        await holder.KillAsync();

        await using LockHandle second = await waiting.WaitAsync(s_patience);
        second.FencingToken.ShouldBeGreaterThan(firstToken);
        TransactionBuilder stale = new TransactionBuilder()
            .If(Compares.CreateRevision(firstKey).EqualTo(firstToken))
            .Then(Operations.Put("guarded", "by who is gone"));
        (await client.TxnAsync(stale)).Succeeded.ShouldBeFalse();
        (await client.TxnAsync(new TransactionBuilder().If(second.IsHeld).Then(Operations.Put("guarded", "by the second")))).Succeeded.ShouldBeTrue();

        using QuorateClient other = Client();
        Task<LockHandle> third = other.LockAsync("door");
        (await client.RevokeLeaseAsync(second.Lease.Id)).ShouldBeTrue();

        await using LockHandle held = await third.WaitAsync(s_patience);
        held.FencingToken.ShouldBeGreaterThan(second.FencingToken);
        await Fires(second.Lost);
        (await client.TxnAsync(new TransactionBuilder().If(second.IsHeld).Then(Operations.Put("guarded", "too late")))).Succeeded.ShouldBeFalse();
        (await client.GetAsync("guarded"))!.Value.ToStringUtf8().ShouldBe("by the second");
    }

    [Fact]
    public async Task An_election_goes_on_when_leadership_moves_and_when_the_leading_member_dies()
    {
        using QuorateClient client = Client();
        using QuorateClient other = Client();
        await using IAsyncEnumerator<KeyValue> leaders = client.ObserveAsync("chair").GetAsyncEnumerator();
        await using LeadershipHandle first = await client.CampaignAsync("chair", "one");
        await NextIsAsync("one");
        Task<LeadershipHandle> second = other.CampaignAsync("chair", "two");

        MemberProcess before = await LeaderAsync(client);
        MemberProcess target = _cluster.Members.First(member => member != before);
        string id = $"{(await client.StatusAsync(Address(target))).Header.MemberId:x}";
        (await Programs.RunAsync(Programs.Quorate, ["move-leader", id], variables: [("QUORATE_ENDPOINTS", _cluster.Endpoints)])).Succeeded().ShouldContain(id);
        await first.ProclaimAsync("one, elsewhere");
        await NextIsAsync("one, elsewhere");
        second.IsCompleted.ShouldBeFalse();

        await target.KillAsync();
        await first.DisposeAsync();

        await NextIsAsync("two");
        await using LeadershipHandle leads = await second.WaitAsync(s_patience);
        leads.FencingToken.ShouldBeGreaterThan(first.FencingToken);
        await Should.ThrowAsync<LeaseLostException>(first.ProclaimAsync("too late"));

        async Task NextIsAsync(string value)
        {
            (await leaders.MoveNextAsync().AsTask().WaitAsync(s_patience)).ShouldBeTrue();
            leaders.Current.Value.ToStringUtf8().ShouldBe(value);
        }
    }

    private static Uri Address(MemberProcess member) => new($"http://{member.Endpoint}");

    private static async Task Fires(CancellationToken token)
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = token.Register(() => fired.TrySetResult());
        await fired.Task.WaitAsync(s_patience, CancellationToken.None);
    }

    private QuorateClient Client() => new(new QuorateClientOptions { Endpoints = Endpoints, Timeout = TimeSpan.FromSeconds(30) });

    private async Task<MemberProcess> LeaderAsync(QuorateClient client)
    {
        foreach (MemberProcess member in _cluster.Members)
        {
            StatusResponse status = await client.StatusAsync(Address(member));
            if (status.Leader == status.Header.MemberId)
            {
                return member;
            }
        }

        throw new InvalidOperationException("no member leads");
    }
}
