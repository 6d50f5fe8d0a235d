using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using Quorate.KeyValue.Leases;
using Quorate.Replica;
using static Quorate.Etcd.Tests.Support.Ask;

namespace Quorate.Etcd.Tests;

/// <summary>Leases as etcd's clients see them, on a cluster of one whose clock the test turns.</summary>
public class LeaseTests
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);

    private readonly EtcdWorld world = new(new EtcdOptions { ClusterId = 42, LeaseClockStepMax = s_tick, LeaseIdSeed = 7 });
    private TimeSpan now;

    public LeaseTests()
    {
        Wait(s_tick);
    }

    [Fact]
    public void A_lease_is_granted_under_the_id_that_is_asked_for()
    {
        LeaseGrantResponse granted = EtcdWorld.Answer(world.Call(new LeaseGrantRequest { ID = 77, TTL = 10 }));
        granted.ID.ShouldBe(77);
        granted.TTL.ShouldBe(10);
        granted.Error.ShouldBeEmpty();
        granted.Header.Revision.ShouldBe(1, "a grant is no change of a key");
    }

    [Fact]
    public void Without_one_it_gets_a_positive_id_that_no_other_has()
    {
        long[] ids = [.. Enumerable.Range(0, 100).Select(_ => Grant(ttl: 10))];
        ids.ShouldAllBe(id => id > 0);
        ids.Distinct().Count().ShouldBe(100);
    }

    [Fact]
    public void An_id_in_use_is_refused_and_one_that_was_revoked_is_free_again()
    {
        Grant(5, 10);
        world.Call(new LeaseGrantRequest { ID = 5, TTL = 20 }).Error.ShouldBe(EtcdError.LeaseExists);
        EtcdWorld.Answer(world.Call(new LeaseRevokeRequest { ID = 5 }));
        Grant(5, 20);
        TimeToLive(5).GrantedTTL.ShouldBe(20);
    }

    [Theory]
    [InlineData(long.MinValue, 2)]
    [InlineData(-5, 2)]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(3, 3)]
    [InlineData(LeaseTimes.TtlSecondsMax, LeaseTimes.TtlSecondsMax)]
    public void A_time_to_live_that_is_too_short_is_raised(long asked, long granted) =>
        EtcdWorld.Answer(world.Call(new LeaseGrantRequest { TTL = asked })).TTL.ShouldBe(granted);

    [Theory]
    [InlineData(LeaseTimes.TtlSecondsMax + 1)]
    [InlineData(long.MaxValue)]
    public void A_time_to_live_that_is_too_long_is_refused(long asked) =>
        world.Call(new LeaseGrantRequest { TTL = asked }).Error.ShouldBe(EtcdError.LeaseTtlTooLarge);

    [Fact]
    public void A_full_store_grants_no_lease()
    {
        EtcdWorld full = new(new EtcdOptions { ClusterId = 42, QuotaBytes = 64 });
        full.Call(new LeaseGrantRequest { TTL = 10 }).Error.ShouldBe(EtcdError.NoSpace);
    }

    [Fact]
    public void A_lease_that_there_is_not_has_no_time_to_live()
    {
        LeaseTimeToLiveResponse response = TimeToLive(1234);
        response.ID.ShouldBe(1234);
        response.TTL.ShouldBe(-1);
        response.GrantedTTL.ShouldBe(0);
        response.Keys.ShouldBeEmpty();
        EtcdWorld.Answer(world.Call(new LeaseKeepAliveRequest { ID = 1234 })).TTL.ShouldBe(0);
        world.Call(new LeaseRevokeRequest { ID = 1234 }).Error.ShouldBe(EtcdError.LeaseNotFound);
        world.Call(new LeaseRevokeRequest()).Error.ShouldBe(EtcdError.LeaseNotFound);
    }

    [Fact]
    public void Revoking_deletes_the_attached_keys_in_order_in_one_revision()
    {
        Grant(5, 10);
        world.Put("b", "kept");
        Attach("c", 5);
        Attach("a", 5);
        long before = world.Revision;
        EtcdWorld.Answer(world.Call(new LeaseRevokeRequest { ID = 5 })).Header.Revision.ShouldBe(before + 1);
        world.Revision.ShouldBe(before + 1);
        world.State.Current.Events(before + 1, before + 1, KeyValue.KeyRange.From(default)).Select(change => Encoding(change.Record.Key))
            .ShouldBe(["a", "c"]);
        world.Get("b").ShouldNotBeNull();
    }

    [Fact]
    public void Revoking_a_lease_without_keys_uses_up_no_revision()
    {
        Grant(5, 10);
        EtcdWorld.Answer(world.Call(new LeaseRevokeRequest { ID = 5 }));
        world.Revision.ShouldBe(1);
    }

    [Fact]
    public void A_key_is_attached_to_the_lease_of_its_last_put()
    {
        Grant(5, 10);
        Grant(6, 10);
        Attach("a", 5);
        Attach("b", 5);
        Attach("c", 5);
        Attach("a", 6);
        world.Put("b", "no lease");
        KeysOf(5).ShouldBe(["c"]);
        KeysOf(6).ShouldBe(["a"]);
        world.Do(Delete("c"));
        KeysOf(5).ShouldBeEmpty();
        world.Get("a")!.Lease.ShouldBe(6);
    }

    [Fact]
    public void A_put_that_keeps_the_lease_stays_attached()
    {
        Grant(5, 10);
        Attach("a", 5);
        world.Do(new PutRequest { Key = Bytes("a"), Value = Bytes("2"), IgnoreLease = true });
        KeysOf(5).ShouldBe(["a"]);
        world.Get("a")!.Lease.ShouldBe(5);
    }

    [Fact]
    public void A_transaction_that_cannot_be_carried_out_attaches_nothing()
    {
        Grant(5, 10);
        world.Call(Then(Op(new PutRequest { Key = Bytes("a"), Lease = 5 }), Op(new PutRequest { Key = Bytes("b"), Lease = 99 })))
            .Error.ShouldBe(EtcdError.LeaseNotFound);
        KeysOf(5).ShouldBeEmpty();
        world.Do(Then(Op(new PutRequest { Key = Bytes("a"), Lease = 5 }), Op(new PutRequest { Key = Bytes("b"), Lease = 5 })));
        KeysOf(5).ShouldBe(["a", "b"]);
    }

    [Fact]
    public void A_lease_expires_when_its_time_has_passed_and_not_before()
    {
        Grant(5, 10);
        Attach("a", 5);
        Wait(TimeSpan.FromSeconds(10));
        world.Get("a").ShouldNotBeNull("the tick in which it was granted counts for nothing");
        TimeToLive(5).TTL.ShouldBe(0);
        Wait(2 * s_tick);
        world.Get("a").ShouldBeNull();
        TimeToLive(5).TTL.ShouldBe(-1);
        EtcdWorld.Answer(world.Call(new LeaseKeepAliveRequest { ID = 5 })).TTL.ShouldBe(0);
    }

    [Fact]
    public void A_keep_alive_gives_the_whole_time_anew()
    {
        Grant(5, 10);
        for (int i = 0; i < 10; i++)
        {
            Wait(TimeSpan.FromSeconds(9));
            TimeToLive(5).TTL.ShouldBeInRange(0, 1);
            EtcdWorld.Answer(world.Call(new LeaseKeepAliveRequest { ID = 5 })).TTL.ShouldBe(10);
            TimeToLive(5).TTL.ShouldBe(10);
        }
    }

    [Fact]
    public void Leases_are_listed_in_the_order_in_which_they_will_end()
    {
        Grant(5, 30);
        Grant(6, 10);
        Grant(7, 20);
        Ids().ShouldBe([6, 7, 5]);
        Wait(TimeSpan.FromSeconds(1));
        EtcdWorld.Answer(world.Call(new LeaseKeepAliveRequest { ID = 7 }));
        EtcdWorld.Answer(world.Call(new LeaseKeepAliveRequest { ID = 6 }));
        Ids().ShouldBe([6, 7, 5]);
        EtcdWorld.Answer(world.Call(new LeaseRevokeRequest { ID = 6 }));
        Ids().ShouldBe([7, 5]);
    }

    [Fact]
    public void A_clock_that_jumps_ahead_ends_no_lease()
    {
        Grant(5, 10);
        Tick(TimeSpan.FromHours(1));
        Wait(TimeSpan.FromSeconds(9));
        TimeToLive(5).TTL.ShouldBeGreaterThanOrEqualTo(0);
        Wait(TimeSpan.FromSeconds(2));
        TimeToLive(5).TTL.ShouldBe(-1);
    }

    [Fact]
    public void A_member_that_does_not_lead_lets_nothing_expire_and_goes_on_counting()
    {
        Grant(5, 10);
        world.Replica.Status = world.Replica.Status with { Role = Raft.Role.Follower };
        Wait(TimeSpan.FromSeconds(20));
        world.State.CurrentLeases.Find(5).ShouldNotBeNull();
        world.Replica.Status = world.Replica.Status with { Role = Raft.Role.Leader };
        Wait(TimeSpan.FromSeconds(1));
        world.State.CurrentLeases.Find(5).ShouldBeNull("it has seen the time pass itself");
    }

    [Fact]
    public void An_expiry_that_came_to_nothing_is_proposed_again()
    {
        Grant(5, 2);
        world.Replica.Outcome = ProposalStatus.Unknown;
        Wait(TimeSpan.FromSeconds(3));
        int proposed = world.Replica.Commands.Count;
        Wait(TimeSpan.FromSeconds(3));
        world.Replica.Commands.Count.ShouldBeInRange(proposed + 1, proposed + 4, "not at every tick");
        world.Replica.Outcome = null;
        Wait(TimeSpan.FromSeconds(2));
        world.State.CurrentLeases.Count.ShouldBe(0);
    }

    [Fact]
    public void An_expiry_that_was_decided_before_a_renewal_does_nothing_after_it()
    {
        Grant(5, 10);
        Attach("a", 5);
        long seen = world.State.CurrentLeases.Find(5)!.RenewedAt;
        EtcdWorld.Answer(world.Call(new LeaseKeepAliveRequest { ID = 5 }));
        byte[] expiry = [19, .. BitConverter.GetBytes(5L), .. BitConverter.GetBytes(seen), .. new byte[8]];
        Apply(expiry);
        world.Get("a").ShouldNotBeNull("the renewal was answered");
        BitConverter.TryWriteBytes(expiry.AsSpan(9), world.State.CurrentLeases.Find(5)!.RenewedAt);
        Apply(expiry);
        world.Get("a").ShouldBeNull();
    }

    [Fact]
    public void A_snapshot_gives_no_time_back_to_a_lease_that_the_member_has_counted_down()
    {
        Grant(5, 100);
        Grant(6, 100);
        byte[] atGrant = world.SnapshotBytes();
        Wait(TimeSpan.FromSeconds(20));
        world.Call(new LeaseKeepAliveRequest { ID = 6 });
        Wait(TimeSpan.FromSeconds(10));
        world.State.LoadSnapshot(new MemoryStream(atGrant));
        TimeToLive(5).TTL.ShouldBe(70);

        // Of that renewal the snapshot knows nothing: what was seen after it says nothing of the one before.
        TimeToLive(6).TTL.ShouldBe(100);
    }

    [Fact]
    public void What_has_passed_is_replicated_by_and_by_so_that_a_restart_gives_little_of_it_back()
    {
        Grant(5, 1000);
        Wait(TimeSpan.FromSeconds(510));
        long replicated = world.State.CurrentLeases.Find(5)!.RemainingMilliseconds;
        replicated.ShouldBeInRange(490_000, 490_000 + LeaseTimes.CheckpointIntervalMillisecondsMax);

        EtcdStateMachine restarted = new();
        restarted.LoadSnapshot(new MemoryStream(world.SnapshotBytes()));
        LeaseVersion leases = restarted.CurrentLeases;
        leases.RemainingMilliseconds(leases.Find(5)!).ShouldBe(replicated);
    }

    [Fact]
    public void A_lease_that_is_renewed_in_time_costs_no_checkpoint()
    {
        Grant(5, 9);
        int commands = world.Replica.Commands.Count;
        for (int i = 0; i < 20; i++)
        {
            Wait(TimeSpan.FromSeconds(3));
            EtcdWorld.Answer(world.Call(new LeaseKeepAliveRequest { ID = 5 }));
        }

        world.Replica.Commands.Count.ShouldBe(commands + 20);
    }

    [Fact]
    public void A_snapshot_brings_back_leases_and_the_keys_attached_to_them()
    {
        Grant(5, 10);
        Grant(-6, 20);
        Attach("b", 5);
        Attach("a", 5);
        Attach("c", -6);
        byte[] bytes = world.SnapshotBytes();
        EtcdStateMachine other = new();
        other.LoadSnapshot(new MemoryStream(bytes));
        EtcdWorld.SnapshotBytes(other).ShouldBe(bytes);
        other.CurrentLeases.All.Select(lease => (lease.Id, lease.TtlSeconds, string.Concat(lease.Keys.Select(key => Encoding(key)))))
            .ShouldBe([(-6, 20, "c"), (5, 10, "ab")]);
    }

    [Fact]
    public void A_hundred_thousand_leases_expire_in_batches_and_leave_nothing_behind()
    {
        for (int id = 1; id <= 100_000; id++)
        {
            world.Call(new LeaseGrantRequest { ID = id, TTL = 10 }).Response.ShouldNotBeNull();
        }

        Attach("a", 50_000);
        Wait(TimeSpan.FromSeconds(4));
        for (int id = 1; id <= 100_000; id += 2)
        {
            world.Call(new LeaseKeepAliveRequest { ID = id }).Response!.TTL.ShouldBe(10);
        }

        int commands = world.Replica.Commands.Count;
        Wait(TimeSpan.FromSeconds(9));
        world.State.CurrentLeases.Count.ShouldBe(50_000);
        world.Get("a").ShouldBeNull();
        Wait(TimeSpan.FromSeconds(9));
        world.State.CurrentLeases.Count.ShouldBe(0);
        (world.Replica.Commands.Count - commands).ShouldBeLessThan(100, "expiries and checkpoints go in batches");
        world.State.Leases.Count.ShouldBe(0);
    }

    private long Grant(long id = 0, long ttl = 10) => EtcdWorld.Answer(world.Call(new LeaseGrantRequest { ID = id, TTL = ttl })).ID;

    private void Attach(string key, long lease) => world.Do(new PutRequest { Key = Bytes(key), Value = Bytes("v"), Lease = lease });

    private LeaseTimeToLiveResponse TimeToLive(long id) =>
        EtcdWorld.Answer(world.Call(new LeaseTimeToLiveRequest { ID = id, Keys = true }));

    private IEnumerable<string> KeysOf(long id) => TimeToLive(id).Keys.Select(key => key.ToStringUtf8());

    private IEnumerable<long> Ids() => EtcdWorld.Answer(world.Call(new LeaseLeasesRequest())).Leases.Select(lease => lease.ID);

    private void Apply(byte[] command)
    {
        world.State.Apply(new AppliedCommand(3, world.State.AppliedIndex + 1, command, ResultWanted: false));
        world.State.BatchApplied();
    }

    /// <summary>Time passes, tick by tick.</summary>
    private void Wait(TimeSpan time)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += s_tick)
        {
            Tick(s_tick);
        }
    }

    private void Tick(TimeSpan after)
    {
        now += after;
        foreach (IReplicaDuty duty in world.Replica.Duties)
        {
            duty.Tick(now);
        }
    }

    private static string Encoding(ReadOnlyMemory<byte> key) => System.Text.Encoding.UTF8.GetString(key.Span);
}
