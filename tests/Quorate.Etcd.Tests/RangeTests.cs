using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using Quorate.Replica;
using static Quorate.Etcd.Tests.Support.Ask;

namespace Quorate.Etcd.Tests;

public class RangeTests
{
    private readonly EtcdWorld world = new();

    public RangeTests()
    {
        world.Put("a", "3"); // revision 2
        world.Put("b", "1"); // 3
        world.Put("c", "2"); // 4
        world.Put("a", "4"); // 5
        world.Replica.Commands.Clear();
    }

    [Fact]
    public void A_range_never_goes_through_the_log()
    {
        world.Do(Get("a", "z"));
        world.Replica.Commands.ShouldBeEmpty();
        world.Replica.Reads.ShouldBe([ReadConsistency.Linearizable]);
    }

    [Fact]
    public void A_serializable_range_asks_nobody()
    {
        RangeRequest request = Get("a");
        request.Serializable = true;
        world.Do(request).Kvs.Count.ShouldBe(1);
        world.Replica.Reads.ShouldBeEmpty();
    }

    [Fact]
    public void A_serializable_range_is_as_good_as_a_linearizable_one_until_a_member_that_was_started_has_caught_up()
    {
        RangeRequest request = Get("a");
        request.Serializable = true;
        world.Replica.Status = world.Replica.Status with { HasCaughtUp = false };
        world.Do(request).Kvs.Count.ShouldBe(1);
        world.Replica.Reads.ShouldBe([ReadConsistency.Linearizable]);

        world.Replica.ReadOutcome = ReadOutcome.NoLeader;
        world.Call(request).Error.ShouldBe(EtcdError.NoLeader);
    }

    [Fact]
    public void A_read_is_carried_out_when_and_where_the_edge_wants_it()
    {
        RecordingCall<RangeResponse> call = new() { DefersReads = true };
        world.Front.KeyValue.Range(Get("a"), call);
        call.HasEnded.ShouldBeFalse();

        world.Put("a", "5");
        call.Deferred.ShouldNotBeNull().Run();

        call.Response.ShouldNotBeNull().Kvs.Single().Value.ShouldBe(Bytes("5"), "any later state is good enough too");
    }

    [Fact]
    public void The_header_has_the_present_revision_whatever_revision_was_read()
    {
        RangeRequest request = Get("a");
        request.Revision = 2;
        RangeResponse response = world.Do(request);
        response.Header.ShouldBe(new ResponseHeader { ClusterId = 42, MemberId = 7, Revision = 5, RaftTerm = 3 });
        response.Kvs.Single().Value.ShouldBe(Bytes("3"));
    }

    [Theory]
    [InlineData("a", null, "a")]
    [InlineData("a", "c", "a b")]
    [InlineData("b", "\0", "b c")]
    [InlineData("\0", "\0", "a b c")]
    [InlineData("c", "a", "")]
    [InlineData("x", null, "")]
    public void The_end_of_a_range_is_absent_or_exclusive_or_open(string key, string? end, string expected) =>
        Keys(world.Do(Get(key, end))).ShouldBe(expected);

    [Theory]
    [InlineData(0, "a b c", false)]
    [InlineData(-1, "a b c", false)]
    [InlineData(2, "a b", true)]
    [InlineData(3, "a b c", false)]
    public void A_limit_cuts_off_and_says_so_while_the_count_is_of_all(long limit, string expected, bool more)
    {
        RangeRequest request = Get("a", "z");
        request.Limit = limit;
        RangeResponse response = world.Do(request);
        Keys(response).ShouldBe(expected);
        response.More.ShouldBe(more);
        response.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(RangeRequest.Types.SortTarget.Key, RangeRequest.Types.SortOrder.Ascend, "a b c")]
    [InlineData(RangeRequest.Types.SortTarget.Key, RangeRequest.Types.SortOrder.Descend, "c b a")]
    [InlineData(RangeRequest.Types.SortTarget.Value, RangeRequest.Types.SortOrder.Ascend, "b c a")]
    [InlineData(RangeRequest.Types.SortTarget.Value, RangeRequest.Types.SortOrder.None, "b c a")]
    [InlineData(RangeRequest.Types.SortTarget.Mod, RangeRequest.Types.SortOrder.Descend, "a c b")]
    [InlineData(RangeRequest.Types.SortTarget.Create, RangeRequest.Types.SortOrder.Ascend, "a b c")]
    [InlineData(RangeRequest.Types.SortTarget.Version, RangeRequest.Types.SortOrder.Ascend, "b c a")]
    public void Records_come_in_the_order_asked_for(
        RangeRequest.Types.SortTarget target, RangeRequest.Types.SortOrder order, string expected)
    {
        RangeRequest request = Get("a", "z");
        request.SortTarget = target;
        request.SortOrder = order;
        Keys(world.Do(request)).ShouldBe(expected);
    }

    [Fact]
    public void A_sort_option_that_does_not_exist_is_refused()
    {
        RangeRequest order = Get("a");
        order.SortOrder = (RangeRequest.Types.SortOrder)3;
        world.Call(order).Error.ShouldBe(EtcdError.InvalidSortOption);

        RangeRequest target = Get("a");
        target.SortTarget = (RangeRequest.Types.SortTarget)5;
        world.Call(target).Error.ShouldBe(EtcdError.InvalidSortOption);
    }

    [Fact]
    public void Keys_only_leaves_values_out_and_counts_leave_records_out()
    {
        RangeRequest keysOnly = Get("a", "z");
        keysOnly.KeysOnly = true;
        world.Do(keysOnly).Kvs.ShouldAllBe(record => record.Value.IsEmpty && record.ModRevision > 0);

        RangeRequest countOnly = Get("a", "z");
        countOnly.CountOnly = true;
        RangeResponse counted = world.Do(countOnly);
        counted.Kvs.ShouldBeEmpty();
        counted.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(4, 0, 0, 0, "a c")]
    [InlineData(0, 4, 0, 0, "b c")]
    [InlineData(0, 0, 3, 0, "b c")]
    [InlineData(0, 0, 0, 3, "a b")]
    public void Revisions_filter_records_and_not_the_count(
        long minMod, long maxMod, long minCreate, long maxCreate, string expected)
    {
        RangeRequest request = Get("a", "z");
        request.MinModRevision = minMod;
        request.MaxModRevision = maxMod;
        request.MinCreateRevision = minCreate;
        request.MaxCreateRevision = maxCreate;
        RangeResponse response = world.Do(request);
        Keys(response).ShouldBe(expected);
        response.Count.ShouldBe(3);
    }

    [Fact]
    public void A_revision_not_reached_is_refused_and_a_negative_one_is_the_present()
    {
        RangeRequest request = Get("a");
        request.Revision = 6;
        world.Call(request).Error.ShouldBe(EtcdError.FutureRevision);
        request.Revision = -1;
        world.Do(request).Kvs.Single().Value.ShouldBe(Bytes("4"));
    }

    [Fact]
    public void An_empty_key_is_refused() =>
        world.Call(new RangeRequest { RangeEnd = Bytes("z") }).Error.ShouldBe(EtcdError.EmptyKey);

    private static string Keys(RangeResponse response) =>
        string.Join(' ', response.Kvs.Select(record => record.Key.ToStringUtf8()));
}
