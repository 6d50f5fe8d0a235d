using System.Diagnostics;
using static Quorate.Client.Tests.WatchTests;

namespace Quorate.Client.Tests;

/// <summary>Against etcd's own servers and its command line: what the client takes for etcd's behaviour is etcd's behaviour.</summary>
public sealed class EtcdTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [NeedsEtcdFact]
    public async Task Watches_see_every_event_once_while_members_are_killed_and_frozen()
    {
        const int Writes = 300;
        await using EtcdProcesses etcd = await EtcdProcesses.StartAsync(members: 3);
        using var watching = new QuorateClient(new QuorateClientOptions { Endpoints = etcd.Endpoints, WatchSilence = TimeSpan.FromMilliseconds(500) });
        using var writing = new QuorateClient(new QuorateClientOptions { Endpoints = [etcd.Endpoints[2], etcd.Endpoints[1]], Timeout = Patience });
        await using IAsyncEnumerator<WatchBatch> batches = watching.WatchBatchesAsync(KeyRange.Prefix("k/")).GetAsyncEnumerator();
        (await batches.MoveNextAsync()).ShouldBeTrue();
        List<WatchEvent> seen = [];

        for (int i = 0; i < Writes; i++)
        {
            if (i == 100)
            {
                await etcd.KillAsync(0);
            }
            else if (i == 200)
            {
                etcd.Launch(0);
                using var again = new QuorateClient(new QuorateClientOptions { Endpoints = [etcd.Endpoints[0]], Timeout = Patience });
                await again.GetAsync("k/0");
                etcd.Freeze(1);
            }

            // A leader may be among the dead: a write whose outcome is not known is looked for.
            while (true)
            {
                try
                {
                    await writing.TxnAsync(new TransactionBuilder().If(Compares.Absent($"k/{i}")).Then(Operations.Put($"k/{i}", "v"), Operations.Put($"k/{i}/too", "v")));
                    break;
                }
                catch (QuorateException)
                {
                    continue;
                }
            }
        }

        while (seen.Count < 2 * Writes)
        {
            (await batches.MoveNextAsync().AsTask().WaitAsync(Patience)).ShouldBeTrue();
            (batches.Current.Events.Count % 2).ShouldBe(0, "what one transaction did comes together");
            seen.AddRange(batches.Current.Events);
        }

        seen.Select(happened => happened.Key).ShouldBe(Enumerable.Range(0, Writes).SelectMany(i => (string[])[$"k/{i}", $"k/{i}/too"]));
    }

    [NeedsEtcdFact]
    public async Task A_watch_starts_in_the_past_and_in_the_future_and_is_told_of_compaction()
    {
        await using EtcdProcesses etcd = await EtcdProcesses.StartAsync();
        using var client = new QuorateClient(etcd.Endpoints);
        long first = (await client.PutAsync("a", "1")).Header.Revision;
        await client.PutAsync("a", "2");
        await client.DeleteAsync("a");

        var all = new WatchOptions { StartRevision = first, PreviousValues = true };
        List<WatchEvent> past = await TakeAsync(client.WatchAsync("a", all), 3);
        past.Select(happened => happened.Type).ShouldBe([WatchEventType.Put, WatchEventType.Put, WatchEventType.Delete]);
        past[2].Previous!.Value.ToStringUtf8().ShouldBe("2");
        (await TakeAsync(client.WatchAsync("a", all with { IgnorePuts = true }), 1))[0].Type.ShouldBe(WatchEventType.Delete);

        Task<List<WatchEvent>> future = TakeAsync(client.WatchAsync("a", all with { StartRevision = first + 4 }), 1);
        await client.PutAsync("a", "3");
        await client.PutAsync("a", "4");
        (await future)[0].Value.ShouldBe("4");

        await client.CompactAsync(first + 4);
        (await Should.ThrowAsync<CompactedException>(TakeAsync(client.WatchAsync("a", all), 1))).CompactRevision.ShouldBe(first + 4);
    }

    [NeedsEtcdFact]
    public async Task A_watch_of_a_range_that_holds_nothing_is_refused_and_the_others_go_on()
    {
        await using EtcdProcesses etcd = await EtcdProcesses.StartAsync();
        using var client = new QuorateClient(etcd.Endpoints);
        var all = new WatchOptions { StartRevision = (await client.PutAsync("a", "1")).Header.Revision };

        Task<List<WatchEvent>> none = TakeAsync(client.WatchAsync(KeyRange.Between("z", "a")), 1);
        Task<List<WatchEvent>> some = TakeAsync(client.WatchAsync("a", all), 1);

        (await Should.ThrowAsync<QuorateException>(none)).Status.Detail.ShouldBe("mvcc: watcher range is empty");
        (await some)[0].Value.ShouldBe("1");
    }

    [NeedsEtcdFact]
    public async Task A_transaction_too_large_for_a_message_comes_in_fragments_and_is_put_together()
    {
        await using EtcdProcesses etcd = await EtcdProcesses.StartAsync();
        using var client = new QuorateClient(etcd.Endpoints);
        string large = new('x', 700_000);
        for (int i = 0; i < 6; i++)
        {
            await client.PutAsync($"k/{i}", large);
        }

        await using IAsyncEnumerator<WatchBatch> batches =
            client.WatchBatchesAsync(KeyRange.Prefix("k/"), new WatchOptions { PreviousValues = true }).GetAsyncEnumerator();
        (await batches.MoveNextAsync()).ShouldBeTrue();
        await client.DeleteAsync(new Etcd.Protocol.DeleteRangeRequest { Key = KeyRange.Prefix("k/").Key, RangeEnd = KeyRange.Prefix("k/").RangeEnd });

        (await batches.MoveNextAsync()).ShouldBeTrue();
        batches.Current.Events.Count.ShouldBe(6);
        batches.Current.Events.ShouldAllBe(happened => happened.Previous!.Value.Length == large.Length);
    }

    [NeedsEtcdFact]
    public async Task Leases_are_granted_listed_kept_alive_and_revoked_and_a_lost_one_is_told()
    {
        await using EtcdProcesses etcd = await EtcdProcesses.StartAsync();
        using var client = new QuorateClient(etcd.Endpoints);
        await using LeaseHandle lease = await client.GrantLeaseAsync(TimeSpan.FromSeconds(3));
        await client.TxnAsync(new TransactionBuilder().Then(Operations.Put("mine", "1", lease.Id)));

        (await client.LeasesAsync()).Leases.Select(status => status.ID).ShouldBe([lease.Id]);
        (await client.LeaseTimeToLiveAsync(lease.Id, keys: true)).Keys.Single().ToStringUtf8().ShouldBe("mine");
        (await client.KeepLeaseAliveOnceAsync(lease.Id)).TTL.ShouldBe(3);
        lease.Lost.IsCancellationRequested.ShouldBeFalse();

        (await client.RevokeLeaseAsync(lease.Id)).ShouldBeTrue();
        (await client.RevokeLeaseAsync(lease.Id)).ShouldBeFalse();
        await Fires(lease.Lost);
        (await client.GetAsync("mine")).ShouldBeNull();
        await Should.ThrowAsync<LeaseLostException>(client.KeepLeaseAliveOnceAsync(lease.Id));
    }

    [NeedsEtcdFact]
    public async Task A_lock_is_held_by_one_of_ours_and_etcdctls_and_its_token_grows()
    {
        await using EtcdProcesses etcd = await EtcdProcesses.StartAsync();
        using var client = new QuorateClient(etcd.Endpoints);
        LockHandle first = await client.LockAsync("door");
        (await client.TryLockAsync("door")).ShouldBeNull();
        first.Key.ToStringUtf8().ShouldBe($"door/{first.Lease.Id:x}");
        (await client.TxnAsync(new TransactionBuilder().If(first.IsHeld).Then(Operations.Put("guarded", "by the first")))).Succeeded.ShouldBeTrue();

        long now = (await client.PutAsync("now", string.Empty)).Header.Revision;
        using Process etcdctl = etcd.Begin("lock", "door", "echo", "etcdctl has it");
        var queue = new WatchOptions { StartRevision = now + 1, IgnoreDeletes = true };
        (await TakeAsync(client.WatchAsync(KeyRange.Prefix("door/"), queue), 1))[0].Key.ShouldStartWith("door/");

        Task<LockHandle> third = client.LockAsync("door");
        await first.DisposeAsync();

        (await etcdctl.StandardOutput.ReadToEndAsync().WaitAsync(Patience)).ShouldBe("etcdctl has it\n");
        await using LockHandle held = await third.WaitAsync(Patience);
        first.Lost.IsCancellationRequested.ShouldBeTrue();
        held.FencingToken.ShouldBeGreaterThan(first.FencingToken);
        (await client.TxnAsync(new TransactionBuilder().If(first.IsHeld).Then(Operations.Put("guarded", "too late")))).Succeeded.ShouldBeFalse();
    }

    [NeedsEtcdFact]
    public async Task A_lock_whose_key_is_deleted_is_lost_and_who_gives_up_leaves_the_queue()
    {
        await using EtcdProcesses etcd = await EtcdProcesses.StartAsync();
        using var client = new QuorateClient(etcd.Endpoints);
        await using LockHandle held = await client.LockAsync("door");
        using var giveUp = new CancellationTokenSource();
        Task<LockHandle> waiting = client.LockAsync("door", cancellationToken: giveUp.Token);
        await giveUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);

        await client.DeleteAsync(held.Key.ToStringUtf8());

        await Fires(held.Lost);
        await using LockHandle? next = await client.TryLockAsync("door");
        next.ShouldNotBeNull();
    }

    [NeedsEtcdFact]
    public async Task Candidates_of_ours_and_etcdctls_lead_one_after_another_and_are_observed()
    {
        await using EtcdProcesses etcd = await EtcdProcesses.StartAsync();
        using var client = new QuorateClient(etcd.Endpoints);
        (await client.LeaderAsync("chair")).ShouldBeNull();
        await using IAsyncEnumerator<Etcd.Protocol.KeyValue> leaders = client.ObserveAsync("chair").GetAsyncEnumerator();
        LeadershipHandle first = await client.CampaignAsync("chair", "one");
        await NextIsAsync("one");
        await first.ProclaimAsync("one again");
        await NextIsAsync("one again");

        using Process etcdctl = etcd.Begin("elect", "chair", "two");
        await using IAsyncEnumerator<WatchEvent> queue = client.WatchAsync(
            KeyRange.Prefix("chair/"), new WatchOptions { StartRevision = first.FencingToken, IgnoreDeletes = true }).GetAsyncEnumerator();
        while (queue.Current.KeyValue is null || queue.Current.Value != "two")
        {
            (await queue.MoveNextAsync().AsTask().WaitAsync(Patience)).ShouldBeTrue();
        }

        await first.DisposeAsync();
        await NextIsAsync("two");
        await Should.ThrowAsync<LeaseLostException>(first.ProclaimAsync("too late"));
        (await client.LeaderAsync("chair"))!.Value.ToStringUtf8().ShouldBe("two");
        etcdctl.Kill();

        async Task NextIsAsync(string value)
        {
            (await leaders.MoveNextAsync().AsTask().WaitAsync(Patience)).ShouldBeTrue();
            leaders.Current.Value.ToStringUtf8().ShouldBe(value);
        }
    }

    private static async Task Fires(CancellationToken token)
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = token.Register(() => fired.TrySetResult());
        await fired.Task.WaitAsync(Patience, CancellationToken.None);
    }
}
