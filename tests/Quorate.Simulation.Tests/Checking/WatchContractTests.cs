using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Simulation.Checking;
using Quorate.Simulation.Checking.Watches;

namespace Quorate.Simulation.Tests.Checking;

/// <summary>Every property of the contract bites: a record that breaks it is found, under the property's name.</summary>
public class WatchContractTests
{
    private readonly EventHistory _history = new();

    /// <summary>Revision 2 puts a, 3 puts a and b together, 4 deletes a, 5 puts c, 6 puts b.</summary>
    public WatchContractTests()
    {
        Commit("a", 2, "1");
        Commit("a", 3, "2");
        Commit("b", 3, "1");
        Commit("a", 4, null);
        Commit("c", 5, "1");
        Commit("b", 6, "2");
    }

    [Fact]
    public void A_watch_that_was_told_everything_is_good()
    {
        WatchRecord watch = Watch(2);
        Hear(watch, 0);
        Hear(watch, 1, 2);
        Progress(watch, 3);
        Hear(watch, 3, 4);
        Hear(watch, 5);
        Progress(watch, 9);
        WatchContract.Require(_history, watch);
        watch.NextRevision.ShouldBe(10);
        watch.Bookmark.ShouldBe(9);
    }

    [Fact]
    public void A_watch_of_the_present_begins_after_its_creation()
    {
        WatchRecord watch = Watch(0);
        watch.Add(true, new WatchResponse { Created = true, Header = new ResponseHeader { Revision = 4 } });
        Hear(watch, 4);
        WatchContract.Require(_history, watch);
        watch.NextRevision.ShouldBe(6);
    }

    [Fact]
    public void Events_out_of_order_are_found()
    {
        WatchRecord watch = Watch(2);
        Hear(watch, 0, 1, 2, 4);
        Hear(watch, 3);
        Breaks(watch, WatchContract.Reliable);

        WatchRecord late = Watch(4);
        Hear(late, 3, 4);
        Hear(late, 1);
        Breaks(late, WatchContract.Ordered);
    }

    [Fact]
    public void An_event_that_comes_twice_is_found()
    {
        WatchRecord watch = Watch(2);
        Hear(watch, 0, 1, 2);
        Hear(watch, 1, 2);
        Breaks(watch, WatchContract.Unique);
    }

    [Fact]
    public void An_event_that_comes_again_after_a_reconnection_is_found()
    {
        WatchRecord watch = Watch(2);
        Hear(watch, 0, 1, 2, 3);
        watch.Add(true, Told(3, 4));
        Breaks(watch, WatchContract.Unique);
    }

    [Fact]
    public void A_transaction_that_comes_in_two_responses_is_found_and_one_in_fragments_is_not()
    {
        WatchRecord torn = Watch(2);
        Hear(torn, 0, 1);
        Hear(torn, 2);
        Breaks(torn, WatchContract.Atomic);

        WatchRecord fragments = Watch(2);
        WatchResponse part = Told(0, 1);
        part.Fragment = true;
        fragments.Add(false, part);
        Hear(fragments, 2, 3);
        WatchContract.Require(_history, fragments);
    }

    [Fact]
    public void A_transaction_that_comes_in_part_is_found()
    {
        WatchRecord watch = Watch(2);
        Hear(watch, 0, 1);
        Hear(watch, 3);
        Breaks(watch, WatchContract.Atomic);
    }

    [Fact]
    public void An_event_that_never_comes_is_found()
    {
        WatchRecord watch = Watch(2);
        Hear(watch, 0, 1, 2);
        Hear(watch, 4);
        Breaks(watch, WatchContract.Reliable);
    }

    [Fact]
    public void An_event_that_is_lost_over_a_reconnection_is_found()
    {
        WatchRecord watch = Watch(2);
        Hear(watch, 0, 1, 2);
        watch.Add(true, new WatchResponse { Created = true, Header = new ResponseHeader { Revision = 6 } });
        Hear(watch, 4);
        Breaks(watch, WatchContract.Resumable);
    }

    [Fact]
    public void Progress_before_the_events_that_it_covers_is_found()
    {
        WatchRecord watch = Watch(2);
        Hear(watch, 0, 1, 2);
        Progress(watch, 4);
        Breaks(watch, WatchContract.Bookmarkable);
    }

    [Fact]
    public void What_was_not_asked_for_is_found()
    {
        WatchRecord range = Watch(2, "a", "b");
        Hear(range, 0, 1, 2);
        Breaks(range, WatchContract.Faithful);

        WatchRecord filtered = Watch(2);
        filtered.Request.Filters.Add(WatchCreateRequest.Types.FilterType.Nodelete);
        Hear(filtered, 0, 1, 2, 3);
        Breaks(filtered, WatchContract.Faithful);

        WatchRecord early = Watch(4);
        Hear(early, 0);
        Breaks(early, WatchContract.Faithful);
    }

    [Fact]
    public void A_field_that_was_not_committed_so_is_found()
    {
        WatchRecord value = Watch(2);
        WatchResponse told = Told(0);
        told.Events[0].Kv.Version = 7;
        value.Add(false, told);
        Breaks(value, WatchContract.Faithful);

        WatchRecord previous = Watch(2);
        WatchResponse wrong = Told(0, 1, 2);
        wrong.Events[1].PrevKv = wrong.Events[1].Kv;
        previous.Add(false, wrong);
        Breaks(previous, WatchContract.Faithful);
    }

    [Fact]
    public void A_cancellation_is_good_only_for_a_compaction_of_what_has_not_come()
    {
        WatchRecord compacted = Watch(2);
        Hear(compacted, 0);
        compacted.Add(false, new WatchResponse { Canceled = true, CompactRevision = 5, Header = new ResponseHeader() });
        WatchContract.Require(_history, compacted);

        WatchRecord needless = Watch(5);
        needless.Add(false, new WatchResponse { Canceled = true, CompactRevision = 5, Header = new ResponseHeader() });
        Breaks(needless, WatchContract.Reliable);

        WatchRecord groundless = Watch(2);
        groundless.Add(false, new WatchResponse { Canceled = true, Header = new ResponseHeader() });
        Breaks(groundless, WatchContract.Reliable);
    }

    private void Commit(string key, long revision, string? value) => _history.Add(value is null, new Etcd.Protocol.KeyValue
    {
        Key = ByteString.CopyFromUtf8(key),
        Value = ByteString.CopyFromUtf8(value ?? ""),
        ModRevision = revision,
    });

    private static WatchRecord Watch(long start, string key = "a", string end = "z") => new(new WatchCreateRequest
    {
        Key = ByteString.CopyFromUtf8(key),
        RangeEnd = ByteString.CopyFromUtf8(end),
        StartRevision = start,
        PrevKv = true,
    });

    private void Hear(WatchRecord watch, params int[] places) => watch.Add(false, Told(places));

    private WatchResponse Told(params int[] places)
    {
        var response = new WatchResponse { Header = new ResponseHeader() };
        response.Events.AddRange(places.Select(place => _history.Events[place].Clone()));
        return response;
    }

    private static void Progress(WatchRecord watch, long revision) =>
        watch.Add(false, new WatchResponse { Header = new ResponseHeader { Revision = revision } });

    private void Breaks(WatchRecord watch, string property) =>
        Should.Throw<PropertyViolatedException>(() => WatchContract.Require(_history, watch)).Property.ShouldBe(property);
}
