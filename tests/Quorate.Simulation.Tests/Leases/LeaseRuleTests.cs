using System.Text;
using Quorate.KeyValue;
using Quorate.KeyValue.Leases;
using Quorate.Raft;
using Quorate.Simulation.Checking;
using Quorate.Simulation.Checking.Leases;

namespace Quorate.Simulation.Tests.Leases;

/// <summary>The checkers of leases, shown histories that are good and histories that are not.</summary>
public class LeaseRuleTests
{
    private readonly LeaseStory lease = new(0x5);

    [Fact]
    public void A_lease_may_end_when_its_time_is_over_and_not_before()
    {
        lease.Promised(Seconds(0), Seconds(1), 10);
        lease.SeenGone(Seconds(10));
        Kept();
        lease.SeenGone(Seconds(9.9));
        NotKept();
    }

    [Fact]
    public void A_renewal_counts_from_the_moment_of_asking_and_for_a_renewal_that_nobody_heard_of_nothing_is_asked()
    {
        lease.Promised(Seconds(0), Seconds(1), 10);
        lease.Promised(Seconds(5), Seconds(8), 10);
        lease.SeenGone(Seconds(15));
        Kept();
        lease.SeenGone(Seconds(14));
        NotKept();
    }

    [Fact]
    public void An_answer_that_there_is_no_such_lease_says_that_it_is_gone_too()
    {
        lease.Promised(Seconds(0), Seconds(1), 10);
        lease.Denied(Seconds(3), Seconds(4));
        NotKept();
    }

    [Fact]
    public void A_lease_that_somebody_wants_revoked_may_go_at_any_time_from_then_on()
    {
        lease.Promised(Seconds(0), Seconds(1), 10);
        lease.AskedToRevoke(Seconds(2));
        lease.SeenGone(Seconds(3));
        Kept();
        lease.SeenGone(Seconds(1.5));
        NotKept();
    }

    [Fact]
    public void What_the_world_does_to_clocks_is_allowed_for()
    {
        lease.Promised(Seconds(0), Seconds(1), 10);
        lease.SeenGone(Seconds(4.1));
        new KeptLeases(2.0, Seconds(1)).Require(lease);
        lease.SeenGone(Seconds(3.9));
        Should.Throw<PropertyViolatedException>(() => new KeptLeases(2.0, Seconds(1)).Require(lease)).Property.ShouldBe(KeptLeases.Property);
    }

    [Fact]
    public void A_lease_that_was_heard_to_be_revoked_is_renewed_for_nobody_who_asks_later()
    {
        lease.Promised(Seconds(0), Seconds(1), 10);
        lease.Revoked(Seconds(5));
        lease.Promised(Seconds(5), Seconds(6), 10);
        EndedLeases.Require(lease);
        lease.Promised(Seconds(5.1), Seconds(6), 10);
        NotEnded();
    }

    [Fact]
    public void Nor_is_one_that_was_heard_to_have_expired()
    {
        lease.Promised(Seconds(0), Seconds(1), 10);
        lease.Denied(Seconds(20), Seconds(21));
        EndedLeases.Require(lease);
        lease.Promised(Seconds(22), Seconds(23), 10);
        NotEnded();
    }

    [Fact]
    public void Keys_and_leases_that_fit_each_other_are_good_and_others_are_not()
    {
        KeyValueStore store = new();
        LeaseTable table = new(new LeaseClock());
        table.Grant(5, 10, 1);
        Put(store, table, "a", 5);
        Attached(store, table, ("a", 5));
        Attached(store, table, ("gone", 6));
        NotAttached(store, table, ("lost", 5));

        Put(store, leases: null, "b", 5);
        NotAttached(store, table);
        table.Move(Encoding.UTF8.GetBytes("b"), 0, 5);
        table.Publish();
        Attached(store, table);
        Put(store, leases: null, "c", 6);
        NotAttached(store, table);
    }

    private void Kept() => new KeptLeases(1.0, TimeSpan.Zero).Require(lease);

    private void NotKept() => Should.Throw<PropertyViolatedException>(Kept).Property.ShouldBe(KeptLeases.Property);

    private void NotEnded() => Should.Throw<PropertyViolatedException>(() => EndedLeases.Require(lease)).Property.ShouldBe(EndedLeases.Property);

    private static void Put(KeyValueStore store, LeaseTable? leases, string key, long lease)
    {
        using WriteTransaction write = store.Begin();
        write.Put(Encoding.UTF8.GetBytes(key), default, lease);
        if (leases is not null)
        {
            write.MoveKeys(leases);
            leases.Publish();
        }

        write.Commit();
    }

    private static void Attached(KeyValueStore store, LeaseTable table, params (string Key, long Lease)[] acknowledged) =>
        AttachedKeys.Require(new MemberId(1), table.Current, store.Current, acknowledged);

    private static void NotAttached(KeyValueStore store, LeaseTable table, params (string Key, long Lease)[] acknowledged) =>
        Should.Throw<PropertyViolatedException>(() => Attached(store, table, acknowledged)).Property.ShouldBe(AttachedKeys.Property);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
