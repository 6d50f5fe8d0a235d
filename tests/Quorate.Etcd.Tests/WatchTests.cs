using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using Quorate.Etcd.Watches;
using Quorate.KeyValue;
using Quorate.KeyValue.Watches;
using FilterType = Quorate.Etcd.Protocol.WatchCreateRequest.Types.FilterType;

namespace Quorate.Etcd.Tests;

public class WatchTests
{
    private readonly EtcdWorld world = new();

    [Fact]
    public void A_creation_is_answered_before_anything_else_with_an_id_from_zero_and_the_present_revision()
    {
        world.Put("a", "1");
        var client = new WatchClient(world);
        client.Create(On("a"));
        client.Create(On("b"));
        client.Wakes.ShouldBe(1);
        List<WatchResponse> answers = client.Read();
        answers.Select(answer => (answer.WatchId, answer.Created, answer.Canceled, answer.Header.Revision))
            .ShouldBe([(0L, true, false, 2L), (1L, true, false, 2L)]);
        answers[0].Header.ClusterId.ShouldBe(42ul);
        answers[0].Header.MemberId.ShouldBe(7ul);
        answers[0].Header.RaftTerm.ShouldBe(3ul);
        answers[0].Events.ShouldBeEmpty();
    }

    [Fact]
    public void Changes_after_the_creation_are_told_with_their_fields()
    {
        world.Put("a", "0");
        var client = new WatchClient(world);
        client.Create(On("a"));
        client.Read();
        world.Put("a", "1");
        world.Do(Ask.Delete("a"));
        WatchResponse told = client.Read().ShouldHaveSingleItem();
        told.WatchId.ShouldBe(0);
        told.Header.Revision.ShouldBe(4);
        told.Events[0].Type.ShouldBe(Event.Types.EventType.Put);
        told.Events[0].Kv.ShouldBe(new Protocol.KeyValue { Key = Ask.Bytes("a"), Value = Ask.Bytes("1"), CreateRevision = 2, ModRevision = 3, Version = 2 });
        told.Events[1].Type.ShouldBe(Event.Types.EventType.Delete);
        told.Events[1].Kv.ShouldBe(new Protocol.KeyValue { Key = Ask.Bytes("a"), ModRevision = 4 });
    }

    [Fact]
    public void A_watch_that_is_created_between_a_write_and_its_delivery_does_not_hear_of_the_write()
    {
        world.Put("a", "1");
        var client = new WatchClient(world);
        client.Create(On("a"));
        world.Put("a", "2");
        client.ReadEvents().ShouldBe(["3 Put a=2"]);
    }

    [Fact]
    public void A_start_in_the_past_is_replayed_and_goes_over_into_the_present_without_a_seam()
    {
        for (int i = 2; i < 3000; i++)
        {
            world.Put("a", $"{i}");
        }

        var client = new WatchClient(world);
        client.Create(On("a", start: 2));
        List<string> told = client.ReadEvents();
        world.Put("a", "3000");
        told.AddRange(client.ReadEvents());
        told.ShouldBe(Enumerable.Range(2, 2999).Select(i => $"{i} Put a={i}"));
    }

    [Fact]
    public void A_start_in_the_future_is_waited_for()
    {
        var client = new WatchClient(world);
        client.Create(On("a", start: 4));
        for (int i = 2; i < 6; i++)
        {
            world.Put("a", $"{i}");
        }

        client.ReadEvents().ShouldBe(["4 Put a=4", "5 Put a=5"]);
    }

    [Fact]
    public void Ids_that_the_client_chose_are_kept_and_passed_over_in_counting()
    {
        var client = new WatchClient(world);
        client.Create(On("a"));
        WatchCreateRequest chosen = On("a");
        chosen.WatchId = 1;
        client.Create(chosen);
        client.Create(On("a"));
        client.Create(chosen);
        List<WatchResponse> answers = client.Read();
        answers.Select(answer => answer.WatchId).ShouldBe([0, 1, 2, -1]);
        answers[3].Created.ShouldBeTrue();
        answers[3].Canceled.ShouldBeTrue();
        answers[3].CancelReason.ShouldBe("mvcc: duplicate watch ID provided on the WatchStream");
    }

    [Theory]
    [InlineData("b", "b")]
    [InlineData("b", "a")]
    public void A_range_that_holds_nothing_is_refused(string key, string end)
    {
        var client = new WatchClient(world);
        client.Create(On(key, end));
        WatchResponse answer = client.Read().ShouldHaveSingleItem();
        (answer.WatchId, answer.Created, answer.Canceled, answer.CancelReason).ShouldBe((-1L, true, true, "mvcc: watcher range is empty"));
    }

    [Fact]
    public void An_empty_key_is_the_first_and_an_end_of_a_zero_byte_is_none()
    {
        var client = new WatchClient(world);
        client.Create(new WatchCreateRequest { RangeEnd = ByteString.CopyFrom(0) });
        client.Create(On("b", "\0"));
        client.Create(new WatchCreateRequest());
        world.Put("a", "1");
        world.Put("b\0", "1");
        world.Put("\0", "1");
        List<WatchResponse> read = client.Read();
        EventsOf(read, 0).ShouldBe(["2 Put a=1", "3 Put b\0=1", "4 Put \0=1"]);
        EventsOf(read, 1).ShouldBe(["3 Put b\0=1"]);
        EventsOf(read, 2).ShouldBe(["4 Put \0=1"]);
    }

    [Fact]
    public void Filters_and_previous_values_are_each_watches_own()
    {
        var client = new WatchClient(world);
        client.Create(new WatchCreateRequest { Key = Ask.Bytes("a"), Filters = { FilterType.Noput }, PrevKv = true });
        client.Create(new WatchCreateRequest { Key = Ask.Bytes("a"), Filters = { FilterType.Nodelete }, PrevKv = true });
        client.Create(new WatchCreateRequest { Key = Ask.Bytes("a"), Filters = { FilterType.Nodelete, FilterType.Noput } });
        client.Create(On("a"));
        world.Put("a", "1");
        world.Put("a", "2");
        world.Do(Ask.Delete("a"));
        List<WatchResponse> read = client.Read();
        EventsOf(read, 0).ShouldBe(["4 Delete a= was 2"]);
        EventsOf(read, 1).ShouldBe(["2 Put a=1", "3 Put a=2 was 1"]);
        EventsOf(read, 2).ShouldBeEmpty();
        EventsOf(read, 3).ShouldBe(["2 Put a=1", "3 Put a=2", "4 Delete a="]);
    }

    [Fact]
    public void A_key_that_a_transaction_deletes_and_creates_has_no_previous_value_live_or_from_history()
    {
        world.Put("a", "1");
        var client = new WatchClient(world);
        client.Create(new WatchCreateRequest { Key = Ask.Bytes("a"), PrevKv = true });

        // Every key from a on, and a: etcd does not take it for a key that is written twice.
        PutRequest put = Ask.Put("a", "2");
        put.PrevKv = true;
        TxnResponse response = world.Do(Ask.Then(Ask.Op(Ask.Delete("a", "\0")), Ask.Op(put)));
        client.Create(new WatchCreateRequest { Key = Ask.Bytes("a"), PrevKv = true, StartRevision = 3 });
        client.Create(new WatchCreateRequest { Key = Ask.Bytes("a"), RangeEnd = Ask.Bytes("b"), PrevKv = true, StartRevision = 3 });

        response.Responses[1].ResponsePut.PrevKv.ShouldBeNull();
        List<WatchResponse> read = client.Read();
        for (int id = 0; id < 3; id++)
        {
            EventsOf(read, id).ShouldBe(["3 Delete a= was 1", "3 Put a=2"]);
        }
    }

    [Fact]
    public void The_events_of_a_transaction_come_in_one_response()
    {
        var client = new WatchClient(world);
        client.Create(On("a", "z"));
        client.Read();
        world.Do(Ask.Then([.. Enumerable.Range(0, 100).Select(i => Ask.Op(Ask.Put($"k{i}", "v")))]));
        client.Read().ShouldHaveSingleItem().Events.Count.ShouldBe(100);
    }

    [Fact]
    public void A_cancelled_watch_is_told_so_and_hears_nothing_more()
    {
        var client = new WatchClient(world);
        client.Create(On("a"));
        client.Read();
        world.Put("a", "1");
        world.Front.Watches.Advance();
        client.Cancel(0);
        world.Put("a", "2");
        WatchResponse answer = client.Read().ShouldHaveSingleItem();
        (answer.WatchId, answer.Canceled, answer.Created, answer.CompactRevision, answer.CancelReason).ShouldBe((0L, true, false, 0L, ""));
        world.Front.Watches.WatcherCount.ShouldBe(0);
    }

    [Fact]
    public void A_cancellation_of_an_unknown_watch_and_a_request_for_nothing_are_passed_over()
    {
        var client = new WatchClient(world);
        client.Cancel(5);
        client.Stream.Receive(new WatchRequest());
        client.Read().ShouldBeEmpty();
        client.Create(On("a"));
        client.Read().ShouldHaveSingleItem();
    }

    [Fact]
    public void A_watch_from_a_compacted_revision_is_created_and_then_cancelled_with_the_compact_revision()
    {
        for (int i = 2; i < 10; i++)
        {
            world.Put("a", $"{i}");
        }

        world.Do(new CompactionRequest { Revision = 6 });
        var client = new WatchClient(world);
        client.Create(On("a", start: 5));
        client.Create(On("a", start: 6));
        List<WatchResponse> read = client.Read();
        read[0].Created.ShouldBeTrue();
        read[0].Canceled.ShouldBeFalse();
        WatchResponse cancelled = read.Single(response => response.Canceled);
        (cancelled.WatchId, cancelled.CompactRevision, cancelled.CancelReason)
            .ShouldBe((0L, 6L, "etcdserver: mvcc: required revision has been compacted"));
        EventsOf(read, 1).ShouldBe(["6 Put a=6", "7 Put a=7", "8 Put a=8", "9 Put a=9"]);
    }

    [Fact]
    public void Progress_is_told_of_all_watches_once_nothing_of_any_waits()
    {
        var client = new WatchClient(world);
        client.Create(On("a"));
        client.Create(On("b"));
        client.Read();
        world.Put("a", "1");
        client.AskForProgress();

        // The write is published, and not yet delivered.
        client.ReadWithoutAdvance().ShouldBeEmpty();
        List<WatchResponse> read = client.Read();
        read.Count.ShouldBe(2);
        read[0].Events.Count.ShouldBe(1);
        (read[1].WatchId, read[1].Events.Count, read[1].Header.Revision).ShouldBe((-1L, 0, 2L));
        client.Read().ShouldBeEmpty();
    }

    [Fact]
    public void Progress_of_a_watch_of_the_present_is_told_though_nothing_has_been_written_since()
    {
        world.Put("a", "1");
        var client = new WatchClient(world);
        client.Create(On("a"));
        client.Read();
        client.AskForProgress();
        WatchResponse progress = client.Read().ShouldHaveSingleItem();
        (progress.WatchId, progress.Header.Revision).ShouldBe((-1L, 2L));
    }

    [Fact]
    public void Progress_waits_for_a_watch_that_begins_later()
    {
        var client = new WatchClient(world);
        client.Create(On("a", start: 3));
        client.AskForProgress();
        client.Read().ShouldHaveSingleItem().Created.ShouldBeTrue();
        world.Put("b", "1");
        world.Put("b", "2");
        WatchResponse progress = client.Read().ShouldHaveSingleItem();
        (progress.WatchId, progress.Header.Revision).ShouldBe((-1L, 3L));
    }

    [Fact]
    public void A_stream_whose_progress_waits_for_a_watch_that_begins_later_is_not_woken_by_what_comes_before()
    {
        var client = new WatchClient(world);
        client.Create(On("a", start: 20));
        client.AskForProgress();
        client.Read();
        int wakes = client.Wakes;
        for (int i = 0; i < 10; i++)
        {
            world.Put("b", $"{i}");
            client.Read().ShouldBeEmpty();
        }

        client.Wakes.ShouldBe(wakes);

        // Once that watch is gone there is nothing to wait for.
        client.Create(On("b"));
        client.Cancel(0);
        client.Read()[^1].WatchId.ShouldBe(-1);
    }

    [Fact]
    public void A_renewal_of_a_lease_wakes_nobody_who_watches()
    {
        world.Call(new LeaseGrantRequest { ID = 7, TTL = 10 });
        var client = new WatchClient(world);
        client.Create(On("a"));
        client.Read();
        int wanted = 0;
        world.Front.Watches.AdvanceWanted = () => wanted++;
        world.Call(new LeaseKeepAliveRequest { ID = 7 });
        wanted.ShouldBe(0);
        world.Put("b", "1");
        wanted.ShouldBe(1);
    }

    [Fact]
    public void Progress_of_a_stream_without_watches_is_not_told()
    {
        var client = new WatchClient(world);
        client.AskForProgress();
        client.Read().ShouldBeEmpty();
    }

    [Fact]
    public void A_quiet_watch_that_wants_it_is_told_its_progress_now_and_then()
    {
        var client = new WatchClient(world);
        WatchCreateRequest notified = On("a");
        notified.ProgressNotify = true;
        client.Create(notified);
        client.Create(On("a"));
        client.Read();
        world.Put("b", "1");
        world.Front.Watches.Tick(TimeSpan.FromMinutes(9));
        client.Read().ShouldBeEmpty();
        world.Front.Watches.Tick(TimeSpan.FromMinutes(10));
        WatchResponse progress = client.Read().ShouldHaveSingleItem();
        (progress.WatchId, progress.Header.Revision, progress.Events.Count).ShouldBe((0L, 2L, 0));

        // One that has heard something need not be told.
        world.Put("a", "1");
        client.Read();
        world.Front.Watches.Tick(TimeSpan.FromMinutes(20));
        client.Read().ShouldBeEmpty();
        world.Front.Watches.Tick(TimeSpan.FromMinutes(30));
        client.Read().ShouldHaveSingleItem().Header.Revision.ShouldBe(3);
    }

    [Fact]
    public void No_progress_is_told_of_a_watch_whose_events_wait()
    {
        var client = new WatchClient(world);
        WatchCreateRequest notified = On("a");
        notified.ProgressNotify = true;
        client.Create(notified);
        client.Read();
        world.Put("a", "1");
        world.Front.Watches.Advance();
        world.Front.Watches.Tick(TimeSpan.FromMinutes(10));
        client.Read().ShouldHaveSingleItem().Events.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_large_response_is_split_for_a_watch_that_asked_for_it_and_for_no_other()
    {
        var small = new EtcdWorld(new EtcdOptions { ClusterId = 42, Watches = new MemberWatchOptions { FragmentBytesMax = 200 } });
        var client = new WatchClient(small);
        WatchCreateRequest split = On("a", "z");
        split.Fragment = true;
        client.Create(split);
        client.Create(On("a", "z"));
        client.Read();
        small.Do(Ask.Then([.. Enumerable.Range(0, 20).Select(i => Ask.Op(Ask.Put($"k{i:00}", new string('v', i == 7 ? 500 : 20))))]));
        List<WatchResponse> read = client.Read();
        List<WatchResponse> parts = [.. read.Where(response => response.WatchId == 0)];
        parts.Count.ShouldBeGreaterThan(3);
        parts.SkipLast(1).ShouldAllBe(part => part.Fragment);
        parts[^1].Fragment.ShouldBeFalse();
        parts.ShouldAllBe(part => part.CalculateSize() < 200 || part.Events.Count == 1);
        parts.SelectMany(part => part.Events).Select(change => change.Kv.Key.ToStringUtf8()).ShouldBe(Enumerable.Range(0, 20).Select(i => $"k{i:00}"));
        read.Where(response => response.WatchId == 1).ShouldHaveSingleItem().Events.Count.ShouldBe(20);
    }

    [Fact]
    public void A_client_that_never_reads_costs_its_backlog_and_then_its_requests_are_not_read()
    {
        var client = new WatchClient(world);
        client.Create(On("a", "z"));
        var other = new WatchClient(world);
        other.Create(On("a", "z"));
        other.Read();
        for (int i = 0; i < 3000; i++)
        {
            world.Put("k", new string('v', 100));
            other.ReadEvents().Count.ShouldBe(1);
        }

        world.Front.Watches.PendingEvents.ShouldBeLessThan(64 << 10 >> 6);
        world.Front.Watches.SlowWatcherCount.ShouldBe(1);
        int requests = 0;
        while (client.Stream.CanReceive)
        {
            client.Create(On("a"));
            requests++;
        }

        requests.ShouldBe(999);
        client.Read().SelectMany(response => response.Events).Count().ShouldBe(3000);
        world.Front.Watches.SlowWatcherCount.ShouldBe(0);
        client.Stream.CanReceive.ShouldBeTrue();
    }

    [Fact]
    public void Watches_beyond_the_bounds_are_refused_with_a_reason()
    {
        var few = new EtcdWorld(new EtcdOptions { ClusterId = 42, Watches = new MemberWatchOptions { StreamWatchesMax = 2, WatchesMax = 3 } });
        WatchClient[] clients = [new(few), new(few)];
        foreach (WatchClient client in clients)
        {
            client.Create(On("a"));
            client.Create(On("a"));
            client.Create(On("a"));
        }

        clients[0].Read()[2].CancelReason.ShouldBe(WatchTexts.TooManyInStream);
        clients[1].Read().Select(answer => answer.CancelReason).ShouldBe(["", WatchTexts.TooManyInMember, WatchTexts.TooManyInMember]);
        clients[0].Stream.Close();
        clients[1].Create(On("a"));
        clients[1].Read().ShouldHaveSingleItem().Canceled.ShouldBeFalse();
    }

    [Fact]
    public void Ten_thousand_watches_of_a_hundred_streams_each_hear_their_own()
    {
        WatchClient[] clients = [.. Enumerable.Range(0, 100).Select(_ => new WatchClient(world))];
        for (int i = 0; i < 10_000; i++)
        {
            clients[i % 100].Create(i % 100 == 99 ? On("key", "kez") : On($"key{i:00000}"));
        }

        Array.ForEach(clients, client => client.Read().Count.ShouldBe(100));
        for (int i = 0; i < 1000; i++)
        {
            world.Put($"key{i:00000}", "v");
        }

        world.Front.Watches.WatcherCount.ShouldBe(10_000);
        clients.SkipLast(1).Sum(client => client.ReadEvents().Count).ShouldBe(990);
        clients[^1].ReadEvents().Count.ShouldBe(100 * 1000);
    }

    [Fact]
    public void A_closed_stream_leaves_nothing_behind()
    {
        var client = new WatchClient(world);
        client.Create(On("a"));
        client.Create(On("a", start: 1));
        world.Put("a", "1");
        world.Front.Watches.Advance();
        client.Stream.Close();
        client.Stream.Close();
        client.Create(On("a"));
        client.Read().ShouldBeEmpty();
        world.Front.Watches.WatcherCount.ShouldBe(0);
        world.Front.Watches.StreamCount.ShouldBe(0);
        world.Front.Watches.PendingEvents.ShouldBe(0);
    }

    [Fact]
    public void Something_in_the_process_can_watch_too()
    {
        int wanted = 0;
        world.Front.Watches.AdvanceWanted = () => wanted++;
        world.Put("a", "1");
        var listener = new Listener();
        KeyWatch watch = world.Front.Watches.Watch(KeyRange.ForKey("a"u8.ToArray()), 2, listener);
        wanted.ShouldBeGreaterThan(0);
        while (world.Front.Watches.Advance())
        {
        }

        world.Do(Ask.Delete("a"));
        world.Front.Watches.Advance();
        listener.Heard.ShouldBe(["2 Put", "3 Delete"]);
        watch.Cancel();
        world.Put("a", "2");
        world.Front.Watches.Advance();
        listener.Heard.Count.ShouldBe(2);
    }

    private static WatchCreateRequest On(string key, string? end = null, long start = 0) =>
        new() { Key = Ask.Bytes(key), RangeEnd = end is null ? ByteString.Empty : Ask.Bytes(end), StartRevision = start };

    private static List<string> EventsOf(List<WatchResponse> responses, long id) =>
        [.. responses.Where(response => response.WatchId == id).SelectMany(response => response.Events).Select(WatchClient.Show)];

    private sealed class Listener : IKeyWatcher
    {
        public List<string> Heard { get; } = [];

        public void Changed(IReadOnlyList<WatchEvent> changes, long revision) =>
            Heard.AddRange(changes.Select(change => $"{change.Revision} {change.Change.Kind}"));

        public void Compacted(long compactRevision) => Heard.Add($"compacted {compactRevision}");
    }
}
