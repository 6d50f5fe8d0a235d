using Quorate.KeyValue.Watches;

namespace Quorate.KeyValue.Tests.Watches;

public class WatchHubTests
{
    private readonly KeyValueStore _store = new();
    private readonly RecordingOwner _owner = new();

    [Fact]
    public void A_watcher_of_the_present_hears_of_what_comes_after()
    {
        _store.Put("a", "1");
        WatchHub hub = Hub();
        Watcher watcher = hub.Add(new WatcherOptions(Bytes.All, 3), _owner);
        _owner.Ready.ShouldBeEmpty();

        _store.Put("a", "2");
        _store.Delete("a");
        Deliver(hub);
        _owner.Ready.ShouldHaveSingleItem().ShouldBe(watcher);
        _owner.TakeAll(hub, watcher).ShouldBe(["3.0 put a=2", "4.0 delete a"]);
        watcher.IsSynced.ShouldBeTrue();
    }

    [Fact]
    public void A_watcher_of_the_past_hears_history_first_and_then_what_comes()
    {
        _store.Put("a", "1");
        _store.Put("b", "1");
        WatchHub hub = Hub();
        Watcher watcher = hub.Add(new WatcherOptions(Bytes.Key("a"), 1), _owner);
        hub.BehindCount.ShouldBe(1);
        _store.Put("a", "2");

        // Published and not yet delivered: not yet history either.
        hub.Publish(_store.Current);
        _owner.TakeAll(hub, watcher).ShouldBe(["2.0 put a=1"]);
        hub.BehindCount.ShouldBe(0);
        Deliver(hub);
        _owner.TakeAll(hub, watcher).ShouldBe(["4.0 put a=2"]);
    }

    [Fact]
    public void A_watcher_of_the_future_hears_nothing_before_it()
    {
        WatchHub hub = Hub();
        Watcher watcher = hub.Add(new WatcherOptions(Bytes.All, 4), _owner);
        for (int i = 2; i <= 5; i++)
        {
            _store.Put("a", $"{i}");
        }

        Deliver(hub);
        _owner.TakeAll(hub, watcher).ShouldBe(["4.0 put a=4", "5.0 put a=5"]);
    }

    [Fact]
    public void Only_keys_of_its_range_and_kinds_that_it_admits_reach_a_watcher()
    {
        WatchHub hub = Hub();
        Watcher one = hub.Add(new WatcherOptions(Bytes.Key("b"), 2), _owner);
        Watcher some = hub.Add(new WatcherOptions(Bytes.Range("b", "d"), 2), _owner);
        Watcher rest = hub.Add(new WatcherOptions(KeyRange.From(Bytes.Of("c")), 2), _owner);
        Watcher puts = hub.Add(new WatcherOptions(Bytes.All, 2, WatchFilters.NoDelete), _owner);
        Watcher deletes = hub.Add(new WatcherOptions(Bytes.All, 2, WatchFilters.NoPut), _owner);
        Watcher none = hub.Add(new WatcherOptions(Bytes.All, 2, WatchFilters.NoPut | WatchFilters.NoDelete), _owner);
        foreach (string key in new[] { "a", "b", "b\0", "c", "d" })
        {
            _store.Put(key, "1");
        }

        _store.Delete("b");
        Deliver(hub);
        _owner.TakeAll(hub, one).ShouldBe(["3.0 put b=1", "7.0 delete b"]);
        _owner.TakeAll(hub, some).ShouldBe(["3.0 put b=1", "4.0 put b\0=1", "5.0 put c=1", "7.0 delete b"]);
        _owner.TakeAll(hub, rest).ShouldBe(["5.0 put c=1", "6.0 put d=1"]);
        _owner.TakeAll(hub, puts).Count.ShouldBe(5);
        _owner.TakeAll(hub, deletes).ShouldBe(["7.0 delete b"]);
        _owner.TakeAll(hub, none).ShouldBeEmpty();
    }

    [Fact]
    public void What_a_change_replaced_comes_with_it_for_those_who_ask()
    {
        _store.Put("a", "1");
        WatchHub hub = Hub();
        Watcher asks = hub.Add(new WatcherOptions(Bytes.All, 2, WantsPrevious: true), _owner);
        _store.Put("a", "2");
        _store.Delete("a");
        Deliver(hub);
        _owner.TakeAll(hub, asks).ShouldBe(["2.0 put a=1", "3.0 put a=2 was 1", "4.0 delete a was 2"]);
    }

    [Fact]
    public void Watchers_of_the_same_change_share_one_encoding()
    {
        WatchHub hub = Hub();
        Watcher[] plain = [.. Enumerable.Range(0, 3).Select(_ => hub.Add(new WatcherOptions(Bytes.All, 2), _owner))];
        Watcher previous = hub.Add(new WatcherOptions(Bytes.Key("a"), 2, WantsPrevious: true), _owner);
        _store.Put("a", "1");
        _store.Put("a", "2");
        Deliver(hub);
        var encoder = new CountingEncoder();
        foreach (Watcher watcher in plain.Append(previous))
        {
            List<WatchEvent> taken = [];
            hub.Take(watcher, taken);
            taken.ForEach(change => change.Encode(encoder, watcher == previous));
        }

        // Two events; one of them replaced something, which one watcher wants to know.
        encoder.Count.ShouldBe(3);
    }

    [Fact]
    public void Watchers_that_read_the_same_history_share_one_encoding()
    {
        WatchHub hub = Hub();
        Watcher[] live = [.. Enumerable.Range(0, 3).Select(_ => hub.Add(new WatcherOptions(Bytes.All, 2), _owner))];
        _store.Put("small", "1");
        _store.Put("too large for a backlog", new string('v', 100_000));
        Deliver(hub);
        Watcher[] past = [.. Enumerable.Range(0, 3).Select(_ => hub.Add(new WatcherOptions(Bytes.All, 3), _owner))];
        hub.BehindCount.ShouldBe(6);
        var encoder = new CountingEncoder();
        foreach (Watcher watcher in live.Concat(past))
        {
            List<WatchEvent> taken = [];
            while (hub.Take(watcher, taken).Kind == WatcherTakeKind.More)
            {
            }

            taken.ForEach(change => change.Encode(encoder, withPrevious: false));
        }

        encoder.Count.ShouldBe(2);
    }

    [Fact]
    public void A_watcher_of_one_key_does_not_read_the_history_of_others()
    {
        _store.Put("a", "1");
        for (int i = 0; i < 100; i++)
        {
            _store.Put($"k{i}", "v");
        }

        _store.Delete("a");
        WatchHub hub = Hub(new WatchHubOptions { StepChangesMax = 10 });
        Watcher watcher = hub.Add(new WatcherOptions(Bytes.Key("a"), 2), _owner);
        List<WatchEvent> taken = [];
        hub.Take(watcher, taken).ShouldBe(new WatcherTake(WatcherTakeKind.Drained, 103));
        taken.Select(RecordingOwner.Show).ShouldBe(["2.0 put a=1", "103.0 delete a"]);
    }

    [Fact]
    public void A_step_of_delivery_is_bounded_however_many_watch_the_same_key()
    {
        WatchHub hub = Hub(new WatchHubOptions { StepOffersMax = 15 });
        for (int i = 0; i < 10; i++)
        {
            hub.Add(new WatcherOptions(Bytes.Key("a"), 2), _owner);
        }

        for (int i = 0; i < 4; i++)
        {
            _store.Put("a", $"{i}");
        }

        hub.Publish(_store.Current);
        hub.Deliver().ShouldBeTrue();
        hub.BacklogEvents.ShouldBe(20);
        hub.Deliver().ShouldBeFalse();
        hub.BacklogEvents.ShouldBe(40);
    }

    [Fact]
    public void A_watcher_that_takes_nothing_holds_its_backlog_and_no_more()
    {
        WatchHub hub = Hub(new WatchHubOptions { WatcherBacklogBytesMax = 300 });
        Watcher watcher = hub.Add(new WatcherOptions(Bytes.All, 2), _owner);
        Watcher quick = hub.Add(new WatcherOptions(Bytes.All, 2), _owner);
        List<string> heard = [];
        for (int i = 0; i < 1000; i++)
        {
            _store.Put($"k{i}", "v");
            Deliver(hub);
            watcher.BacklogBytes.ShouldBeLessThanOrEqualTo(300);
            heard.AddRange(_owner.TakeAll(hub, quick));
        }

        hub.BehindCount.ShouldBe(1);
        hub.BacklogEvents.ShouldBeLessThan(5);
        heard.Count.ShouldBe(1000);
        _owner.TakeAll(hub, watcher).ShouldBe(heard);
        watcher.IsSynced.ShouldBeTrue();
    }

    [Fact]
    public void A_transaction_that_does_not_fit_into_the_backlog_comes_whole_all_the_same()
    {
        WatchHub hub = Hub(new WatchHubOptions { WatcherBacklogBytesMax = 150, CatchUpBytesMax = 150 });
        Watcher watcher = hub.Add(new WatcherOptions(Bytes.All, 2), _owner);
        _store.Put("before", "1");
        using (WriteTransaction transaction = _store.Begin())
        {
            for (int i = 0; i < 9; i++)
            {
                transaction.Put(Bytes.Of($"k{i}"), Bytes.Of("v"), 0);
            }

            transaction.Commit();
        }

        Deliver(hub);
        List<WatchEvent> taken = [];
        hub.Take(watcher, taken).ShouldBe(new WatcherTake(WatcherTakeKind.More, 2));
        taken.ShouldHaveSingleItem();
        taken.Clear();
        hub.Take(watcher, taken).ShouldBe(new WatcherTake(WatcherTakeKind.Drained, 3));
        taken.Count.ShouldBe(9);
    }

    [Fact]
    public void A_watcher_whose_history_is_compacted_ends_with_the_compact_revision()
    {
        for (int i = 0; i < 10; i++)
        {
            _store.Put("a", $"{i}");
        }

        _store.Compact(8);
        WatchHub hub = Hub();
        Watcher gone = hub.Add(new WatcherOptions(Bytes.Key("nothing"), 7), _owner);
        Watcher just = hub.Add(new WatcherOptions(Bytes.All, 8), _owner);
        hub.Take(gone, []).ShouldBe(new WatcherTake(WatcherTakeKind.Compacted, 8));
        gone.State.ShouldBe(WatcherState.Ended);
        _owner.TakeAll(hub, just).Count.ShouldBe(4);
        hub.WatcherCount.ShouldBe(1);
    }

    [Fact]
    public void A_slow_watcher_is_told_of_a_compaction_that_took_what_it_had_not_heard()
    {
        WatchHub hub = Hub(new WatchHubOptions { WatcherBacklogBytesMax = 150 });
        Watcher slow = hub.Add(new WatcherOptions(Bytes.All, 2), _owner);
        for (int i = 2; i < 10; i++)
        {
            _store.Put("a", $"{i}");
            Deliver(hub);
        }

        _store.Compact(7);
        Deliver(hub);
        List<WatchEvent> taken = [];
        hub.Take(slow, taken).ShouldBe(new WatcherTake(WatcherTakeKind.More, 3));
        taken.Select(RecordingOwner.Show).ShouldBe(["2.0 put a=2", "3.0 put a=3"]);
        hub.Take(slow, taken).ShouldBe(new WatcherTake(WatcherTakeKind.Compacted, 7));
        taken.Count.ShouldBe(2);
    }

    [Fact]
    public void A_watcher_that_is_live_loses_nothing_by_a_compaction_right_behind_the_writes()
    {
        WatchHub hub = Hub();
        Watcher watcher = hub.Add(new WatcherOptions(Bytes.All, 2), _owner);
        _store.Put("a", "1");
        _store.Put("a", "2");
        _store.Delete("a");
        _store.Put("b", "1");
        _store.Compact(5);
        Deliver(hub);
        _owner.TakeAll(hub, watcher).ShouldBe(["2.0 put a=1", "3.0 put a=2", "4.0 delete a", "5.0 put b=1"]);
        watcher.State.ShouldBe(WatcherState.Live);

        // What is compacted and whose memory is freed before it was delivered is gone.
        _store.Put("a", "3");
        _store.Put("b", "2");
        _store.Compact(7);
        while (_store.CollectGarbage(100))
        {
        }

        Deliver(hub);
        hub.Take(watcher, []).ShouldBe(new WatcherTake(WatcherTakeKind.Compacted, 7));
    }

    [Fact]
    public void A_snapshot_that_is_ahead_ends_watchers_only_where_it_has_no_history()
    {
        WatchHub hub = Hub();
        Watcher present = hub.Add(new WatcherOptions(Bytes.All, 2), _owner);
        Watcher future = hub.Add(new WatcherOptions(Bytes.All, 6), _owner);
        var elsewhere = new KeyValueStore();
        for (int i = 2; i <= 7; i++)
        {
            elsewhere.Put("a", $"{i}");
        }

        elsewhere.Compact(5);
        _store.Load(new MemoryStream(elsewhere.Current.Snapshot()));
        Deliver(hub);
        hub.Take(present, []).ShouldBe(new WatcherTake(WatcherTakeKind.Compacted, 5));
        _owner.TakeAll(hub, future).ShouldBe(["6.0 put a=6", "7.0 put a=7"]);
    }

    [Fact]
    public void An_owner_may_add_and_remove_watchers_when_it_is_signalled()
    {
        WatchHub hub = Hub();
        var busy = new BusyOwner(hub);
        hub.Add(new WatcherOptions(Bytes.All, 2), busy);
        for (int i = 0; i < 5; i++)
        {
            _store.Put("a", "1");
            Deliver(hub);
        }

        busy.Heard.ShouldBe(5);
        hub.WatcherCount.ShouldBe(1);
    }

    [Fact]
    public void A_member_holds_ten_thousand_watchers_and_tells_each_its_own()
    {
        WatchHub hub = Hub();
        Watcher[] watchers = [.. Enumerable.Range(0, 10_000).Select(i => hub.Add(
            i % 10 == 0 ? new WatcherOptions(Bytes.Range($"key{i:00000}", $"key{i + 10:00000}"), 2) : new WatcherOptions(Bytes.Key($"key{i:00000}"), 2), _owner))];
        for (int i = 0; i < 10_000; i++)
        {
            _store.Put($"key{i * 7919 % 10_000:00000}", $"{i}");
        }

        Deliver(hub);
        hub.BacklogEvents.ShouldBe(9_000 + 10_000);
        for (int i = 0; i < watchers.Length; i++)
        {
            List<WatchEvent> taken = [];
            hub.Take(watchers[i], taken).Kind.ShouldBe(WatcherTakeKind.Drained);
            taken.Count.ShouldBe(i % 10 == 0 ? 10 : 1);
            taken.TrueForAll(change => watchers[i].Options.Keys.Contains(change.Change.Record.Key.Span)).ShouldBeTrue();
            hub.Remove(watchers[i]);
        }

        hub.WatcherCount.ShouldBe(0);
        hub.BacklogEvents.ShouldBe(0);
    }

    private WatchHub Hub(WatchHubOptions? options = null) => new(_store.Current, options ?? new WatchHubOptions());

    private void Deliver(WatchHub hub)
    {
        hub.Publish(_store.Current);
        while (hub.Deliver())
        {
        }
    }

    private sealed class CountingEncoder : IWatchEventEncoder<string>
    {
        public int Count { get; private set; }

        public string Encode(in KeyValueEvent change, in KeyValueRecord? previous) => $"{Count++}";
    }

    /// <summary>Removes the watcher that has something to tell, and adds another that goes on where it ended.</summary>
    private sealed class BusyOwner(WatchHub hub) : IWatcherOwner
    {
        public int Heard { get; private set; }

        public void Signal(Watcher watcher)
        {
            List<WatchEvent> taken = [];
            long next = hub.Take(watcher, taken).Revision + 1;
            Heard += taken.Count;
            hub.Remove(watcher);
            hub.Add(new WatcherOptions(Bytes.All, next), this);
        }
    }
}
