using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.EndToEnd.Tests.Harness;
using Quorate.Grpc;

namespace Quorate.EndToEnd.Tests.Clients;

/// <summary>etcd's Lock and Election services, at several members: what they answer, and what they leave behind.</summary>
[Collection(ClientsCluster.Name)]
public sealed class CoordinationTests : IDisposable
{
    private const string LeaseNotFound = "etcdserver: requested lease not found";

    private readonly CoordinationClient _one;
    private readonly CoordinationClient _two;
    private readonly CoordinationClient _three;

    public CoordinationTests(ClientsCluster clients)
    {
        _one = new CoordinationClient(clients.Processes.Members[0]);
        _two = new CoordinationClient(clients.Processes.Members[1]);
        _three = new CoordinationClient(clients.Processes.Members[2]);
    }

    public void Dispose()
    {
        _one.Dispose();
        _two.Dispose();
        _three.Dispose();
    }

    [Fact]
    public async Task A_lock_goes_to_those_who_wait_in_the_order_in_which_they_came()
    {
        long[] leases = [await _one.GrantAsync(), await _one.GrantAsync(), await _one.GrantAsync()];
        LockResponse first = await _one.LockAsync("order", leases[0]);
        first.Key.ToStringUtf8().ShouldBe($"order/{leases[0]:x}");
        (await _one.LineAsync("order"))[0].CreateRevision.ShouldBe(first.Header.Revision);
        Task<LockResponse> second = _two.LockAsync("order", leases[1]);
        await _one.UntilLineHasAsync("order", 2);
        Task<LockResponse> third = _three.LockAsync("order", leases[2]);
        await _one.UntilLineHasAsync("order", 3);
        second.IsCompleted.ShouldBeFalse();

        long unlocked = (await _three.UnlockAsync(first.Key)).Header.Revision;

        LockResponse has = await second;
        has.Key.ToStringUtf8().ShouldBe($"order/{leases[1]:x}");
        has.Header.Revision.ShouldBeGreaterThanOrEqualTo(unlocked);
        third.IsCompleted.ShouldBeFalse();
        await _one.RevokeAsync(leases[1]);
        (await third).Key.ToStringUtf8().ShouldBe($"order/{leases[2]:x}");
    }

    [Fact]
    public async Task Who_has_the_lock_already_has_it_at_once_and_one_without_a_lease_gets_one()
    {
        long lease = await _one.GrantAsync();
        LockResponse once = await _one.LockAsync("again", lease);
        LockResponse again = await _two.LockAsync("again", lease);
        again.Key.ShouldBe(once.Key);
        (await _one.LineAsync("again")).Count.ShouldBe(1);

        LockResponse own = await _one.LockAsync("without");
        Etcd.Protocol.KeyValue key = (await _two.LineAsync("without")).Single();
        key.Key.ShouldBe(own.Key);
        own.Key.ToStringUtf8().ShouldBe($"without/{key.Lease:x}");
        await _one.RevokeAsync(key.Lease);
        (await _two.LineAsync("without")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_caller_that_leaves_while_it_waits_leaves_no_key_behind()
    {
        LockResponse held = await _one.LockAsync("left", await _one.GrantAsync());
        using var leaving = new CancellationTokenSource();
        Task<LockResponse> waiting = _two.LockAsync("left", await _one.GrantAsync(), leaving.Token);
        await _one.UntilLineHasAsync("left", 2);

        await leaving.CancelAsync();

        (await Should.ThrowAsync<RpcException>(waiting)).StatusCode.ShouldBe(StatusCode.Cancelled);
        await _one.UntilLineHasAsync("left", 1);
        (await _one.LineAsync("left"))[0].Key.ShouldBe(held.Key);
    }

    [Fact]
    public async Task What_cannot_be_locked_is_refused_in_etcds_words_and_with_etcds_code()
    {
        await FailsAsync(_one.LockAsync("refused", 12345), LeaseNotFound);
        await FailsAsync(_one.LockAsync("refused", -1), LeaseNotFound);
        await FailsAsync(_one.UnlockAsync(ByteString.Empty), "etcdserver: key is not provided");
        (await _one.UnlockAsync(ByteString.CopyFromUtf8("no such key"))).Header.Revision.ShouldBePositive();
        (await _one.LineAsync("refused")).ShouldBeEmpty();
    }

    [OursFact]
    public async Task A_waiter_whose_lease_ends_is_told_so_at_once()
    {
        // etcd tells it once all those before it have gone, and a candidate never.
        long lease = await _one.GrantAsync();
        await _one.LockAsync("expired", await _one.GrantAsync());
        await _one.CampaignAsync("expired-ballot", "one", await _one.GrantAsync());
        Task<LockResponse> waiting = _two.LockAsync("expired", lease);
        Task<CampaignResponse> standing = _three.CampaignAsync("expired-ballot", "two", lease);
        await _one.UntilLineHasAsync("expired", 2);
        await _one.UntilLineHasAsync("expired-ballot", 2);

        await _one.RevokeAsync(lease);

        await FailsAsync(waiting, "mutex: session is expired");
        await FailsAsync(standing, "election: session expired");
    }

    [Fact]
    public async Task An_election_from_candidacy_to_resignation()
    {
        long[] leases = [await _one.GrantAsync(), await _one.GrantAsync()];
        await FailsAsync(_one.LeaderAsync("ballot-a"), "election: no leader");
        CampaignResponse won = await _one.CampaignAsync("ballot-a", "one", leases[0]);
        won.Leader.Name.ToStringUtf8().ShouldBe("ballot-a");
        won.Leader.Key.ToStringUtf8().ShouldBe($"ballot-a/{leases[0]:x}");
        won.Leader.Lease.ShouldBe(leases[0]);
        won.Leader.Rev.ShouldBe(won.Header.Revision);
        (await _two.LeaderAsync("ballot-a")).Kv.Value.ToStringUtf8().ShouldBe("one");

        Task<CampaignResponse> standing = _three.CampaignAsync("ballot-a", "two", leases[1]);
        await _one.UntilLineHasAsync("ballot-a", 2);
        long proclaimed = (await _two.ProclaimAsync(won.Leader, "one, again")).Header.Revision;
        LeaderResponse leader = await _three.LeaderAsync("ballot-a");
        leader.Kv.Value.ToStringUtf8().ShouldBe("one, again");
        leader.Kv.ModRevision.ShouldBe(proclaimed);
        leader.Kv.Lease.ShouldBe(leases[0]);
        standing.IsCompleted.ShouldBeFalse();

        await _two.ResignAsync(won.Leader);

        CampaignResponse next = await standing;
        next.Leader.Rev.ShouldBe(next.Header.Revision, "the header is that of the candidacy");
        (await _one.LeaderAsync("ballot-a")).Kv.Key.ShouldBe(next.Leader.Key);
        await FailsAsync(_one.ProclaimAsync(won.Leader, "late"), "election: not leader");
        (await _one.ResignAsync(won.Leader)).Header.Revision.ShouldBeGreaterThanOrEqualTo(next.Header.Revision);
        (await _one.LeaderAsync("ballot-a")).Kv.Value.ToStringUtf8().ShouldBe("two");
    }

    [Fact]
    public async Task Who_stands_again_with_another_value_proclaims_it()
    {
        long lease = await _one.GrantAsync();
        CampaignResponse once = await _one.CampaignAsync("ballot-b", "one", lease);
        CampaignResponse again = await _two.CampaignAsync("ballot-b", "two", lease);
        again.Leader.ShouldBe(once.Leader);
        (await _three.LeaderAsync("ballot-b")).Kv.Value.ToStringUtf8().ShouldBe("two");
    }

    [Fact]
    public async Task An_observer_sees_who_comes_what_they_proclaim_and_who_follows()
    {
        using AsyncServerStreamingCall<LeaderResponse> observing = _three.Observe("ballot-c");
        await using IAsyncEnumerator<LeaderResponse> seen = observing.ResponseStream.ReadAllAsync().GetAsyncEnumerator();
        CampaignResponse one = await _one.CampaignAsync("ballot-c", "one", await _one.GrantAsync());
        await SeesAsync("one");
        Task<CampaignResponse> two = _two.CampaignAsync("ballot-c", "two", await _one.GrantAsync());
        await _one.UntilLineHasAsync("ballot-c", 2);
        foreach (string value in (string[])["a", "b", "c"])
        {
            long revision = (await _one.ProclaimAsync(one.Leader, value)).Header.Revision;
            (await SeesAsync(value)).Kv.ModRevision.ShouldBe(revision);
        }

        await _one.ResignAsync(one.Leader);
        (await SeesAsync("two")).Kv.Key.ShouldBe((await two).Leader.Key);

        // Whoever begins to look on later is told how it stands.
        using AsyncServerStreamingCall<LeaderResponse> later = _one.Observe("ballot-c");
        await foreach (LeaderResponse stands in later.ResponseStream.ReadAllAsync())
        {
            stands.Kv.Value.ToStringUtf8().ShouldBe("two");
            break;
        }

        async Task<LeaderResponse> SeesAsync(string value)
        {
            (await seen.MoveNextAsync()).ShouldBeTrue();
            seen.Current.Kv.Value.ToStringUtf8().ShouldBe(value);
            seen.Current.Header.Revision.ShouldBeGreaterThanOrEqualTo(seen.Current.Kv.ModRevision);
            return seen.Current;
        }
    }

    [Fact]
    public async Task What_is_no_candidacy_is_refused_in_etcds_words_and_with_etcds_code()
    {
        await FailsAsync(_one.CampaignAsync("ballot-d", "v", 12345), LeaseNotFound);
        await FailsAsync(_one.ProclaimAsync(null, "v"), "\"leader\" field must be provided");
        await FailsAsync(_one.ResignAsync(null), "\"leader\" field must be provided");
        await FailsAsync(_one.ProclaimAsync(new LeaderKey(), "v"), "etcdserver: key is not provided");
        await FailsAsync(_one.ResignAsync(new LeaderKey()), "etcdserver: key is not provided");
        var nobody = new LeaderKey { Key = ByteString.CopyFromUtf8("ballot-d/1"), Lease = 12345 };
        await FailsAsync(_one.ProclaimAsync(nobody, "v"), LeaseNotFound);
        nobody.Rev = 5;
        await FailsAsync(_one.ProclaimAsync(nobody, "v"), "election: not leader");
        (await _one.ResignAsync(nobody)).Header.Revision.ShouldBePositive();
    }

    private static async Task FailsAsync(Task call, string text)
    {
        RpcException failure = await Should.ThrowAsync<RpcException>(call);
        failure.Status.Detail.ShouldBe(text);
        failure.StatusCode.ShouldBe(StatusCode.Unknown);
    }

    /// <summary>A test of what we do and etcd does not.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class OursFactAttribute : FactAttribute
    {
        public OursFactAttribute()
        {
            Skip = Programs.EtcdInstead is null ? null : "etcd does it otherwise";
        }
    }
}
