using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Grpc;

namespace Quorate.Client.Tests;

/// <summary>Watches and the ways in which members fail them.</summary>
public sealed class WatchTests
{
    [Fact]
    public async Task A_watch_is_in_place_first_and_then_tells_events_in_order()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        member.WatchStreams.Enqueue(async stream =>
        {
            stream.Headers.GetValue("hasleader").ShouldBe("true");
            WatchCreateRequest create = (await stream.ReadAsync()).CreateRequest;
            create.Key.ToStringUtf8().ShouldBe("a");
            await stream.SayAsync(Created(create.WatchId, 5), Events(create.WatchId, 6, Put("a", 6)), Events(create.WatchId, 7, Deletion("a", 7)));
            await stream.HangAsync();
        });
        using var client = new QuorateClient(member.Endpoint);

        List<WatchBatch> batches = await TakeAsync(client.WatchBatchesAsync("a"), 3);

        batches[0].IsBookmark.ShouldBeTrue();
        batches[0].ResumeRevision.ShouldBe(6);
        batches[1].Events.Single().Type.ShouldBe(WatchEventType.Put);
        batches[1].ResumeRevision.ShouldBe(7);
        batches[2].Events.Single().Type.ShouldBe(WatchEventType.Delete);
    }

    [Fact]
    public async Task A_stream_that_breaks_goes_on_at_the_next_endpoint_after_the_last_event()
    {
        await using FakeMember first = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        first.WatchStreams.Enqueue(async stream =>
        {
            long id = (await stream.ReadAsync()).CreateRequest.WatchId;
            await stream.SayAsync(Created(id, 5), Events(id, 7, Put("a", 6), Put("a", 7)));
            throw new RpcException(new Status(StatusCode.Unavailable, "etcdserver: no leader"));
        });
        long resumedAt = 0;
        second.WatchStreams.Enqueue(async stream =>
        {
            WatchCreateRequest create = (await stream.ReadAsync()).CreateRequest;
            resumedAt = create.StartRevision;
            await stream.SayAsync(Created(create.WatchId, 9), Events(create.WatchId, 9, Put("a", 8), Put("a", 9)));
            await stream.HangAsync();
        });
        using var client = new QuorateClient(first.Endpoint, second.Endpoint);

        List<WatchEvent> events = await TakeAsync(client.WatchAsync("a"), 4);

        events.Select(happened => happened.Revision).ShouldBe([6, 7, 8, 9]);
        resumedAt.ShouldBe(8);
    }

    [Fact]
    public async Task A_watch_that_has_seen_nothing_goes_on_from_where_it_was_in_place()
    {
        await using FakeMember first = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        first.WatchStreams.Enqueue(async stream =>
        {
            long id = (await stream.ReadAsync()).CreateRequest.WatchId;
            await stream.SayAsync(Created(id, 5));
        });
        second.WatchStreams.Enqueue(async stream =>
        {
            WatchCreateRequest create = (await stream.ReadAsync()).CreateRequest;
            create.StartRevision.ShouldBe(6, "what happened between the streams must not be lost");
            await stream.SayAsync(Created(create.WatchId, 8), Events(create.WatchId, 8, Put("a", 6)));
            await stream.HangAsync();
        });
        using var client = new QuorateClient(first.Endpoint, second.Endpoint);

        (await TakeAsync(client.WatchAsync("a"), 1))[0].Revision.ShouldBe(6);
    }

    [Fact]
    public async Task Events_that_a_member_tells_twice_are_seen_once()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        member.WatchStreams.Enqueue(async stream =>
        {
            long id = (await stream.ReadAsync()).CreateRequest.WatchId;
            await stream.SayAsync(
                Created(id, 5), Events(id, 6, Put("a", 6)), Created(id, 9), Events(id, 7, Put("a", 6), Put("a", 7)), Events(id, 8, Put("a", 8)));
            await stream.HangAsync();
        });
        using var client = new QuorateClient(member.Endpoint);

        (await TakeAsync(client.WatchAsync("a"), 3)).Select(happened => happened.Revision).ShouldBe([6, 7, 8]);
    }

    [Fact]
    public async Task Fragments_of_one_revision_are_put_together_and_those_of_others_are_not_waited_for()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        member.WatchStreams.Enqueue(async stream =>
        {
            WatchCreateRequest create = (await stream.ReadAsync()).CreateRequest;
            create.Fragment.ShouldBeTrue();
            await stream.SayAsync(
                Created(create.WatchId, 5),
                Fragment(create.WatchId, Put("a", 6), Put("a", 7)),
                Fragment(create.WatchId, Put("b", 7)),
                Events(create.WatchId, 8, Put("c", 7), Put("a", 8)));
            await stream.HangAsync();
        });
        using var client = new QuorateClient(member.Endpoint);

        List<WatchBatch> batches = await TakeAsync(client.WatchBatchesAsync(KeyRange.All), 3);

        batches[1].Events.Select(happened => happened.Key + happened.Revision).ShouldBe(["a6"]);
        batches[1].ResumeRevision.ShouldBe(7);
        batches[2].Events.Select(happened => happened.Key + happened.Revision).ShouldBe(["a7", "b7", "c7", "a8"]);
    }

    [Fact]
    public async Task A_revision_of_which_only_a_part_came_is_asked_for_again()
    {
        await using FakeMember first = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        first.WatchStreams.Enqueue(async stream =>
        {
            long id = (await stream.ReadAsync()).CreateRequest.WatchId;
            await stream.SayAsync(Created(id, 5), Fragment(id, Put("a", 6)));
        });
        second.WatchStreams.Enqueue(async stream =>
        {
            WatchCreateRequest create = (await stream.ReadAsync()).CreateRequest;
            create.StartRevision.ShouldBe(6);
            await stream.SayAsync(Events(create.WatchId, 6, Put("a", 6), Put("b", 6)));
            await stream.HangAsync();
        });
        using var client = new QuorateClient(first.Endpoint, second.Endpoint);

        (await TakeAsync(client.WatchAsync(KeyRange.All), 2)).Select(happened => happened.Key).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task History_that_is_gone_ends_the_watch_after_what_was_told()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        member.WatchStreams.Enqueue(async stream =>
        {
            long id = (await stream.ReadAsync()).CreateRequest.WatchId;
            await stream.SayAsync(
                Created(id, 5),
                Events(id, 6, Put("a", 6)),
                new WatchResponse { Header = new ResponseHeader(), WatchId = id, Canceled = true, CompactRevision = 12 });
            await stream.HangAsync();
        });
        using var client = new QuorateClient(member.Endpoint);
        await using IAsyncEnumerator<WatchEvent> events = client.WatchAsync("a").GetAsyncEnumerator();

        (await events.MoveNextAsync()).ShouldBeTrue();
        CompactedException gone = await Should.ThrowAsync<CompactedException>(async () => await events.MoveNextAsync());

        gone.CompactRevision.ShouldBe(12);
    }

    [Fact]
    public async Task A_refusal_ends_the_watch_and_names_the_reason()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        member.WatchStreams.Enqueue(async stream =>
        {
            await stream.ReadAsync();
            await stream.SayAsync(Refused("etcdserver: permission denied"));
            await stream.HangAsync();
        });
        using var client = new QuorateClient(member.Endpoint);

        (await Should.ThrowAsync<QuorateException>(TakeAsync(client.WatchAsync("a"), 1))).Status.Detail.ShouldBe("etcdserver: permission denied");
    }

    [Fact]
    public async Task A_refusal_ends_the_watch_whose_turn_it_is_and_no_other()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        member.WatchStreams.Enqueue(async stream =>
        {
            List<WatchCreateRequest> asked = [];
            List<WatchResponse> answers = [];
            for (int i = 0; i < 3; i++)
            {
                asked.Add((await stream.ReadAsync()).CreateRequest);
                answers.Add(asked[i].Key.ToStringUtf8() == "z" ? Refused("mvcc: watcher range is empty") : Created(asked[i].WatchId, 5));
            }

            await stream.SayAsync([.. answers]);
            foreach (WatchCreateRequest one in asked.Where(one => one.Key.ToStringUtf8() != "z"))
            {
                await stream.SayAsync(Events(one.WatchId, 6, Put(one.Key.ToStringUtf8(), 6)));
            }

            await stream.HangAsync();
        });
        using var client = new QuorateClient(member.Endpoint);
        Task<List<WatchEvent>> a = TakeAsync(client.WatchAsync("a"), 1);
        Task<List<WatchEvent>> none = TakeAsync(client.WatchAsync(KeyRange.Between("z", "a")), 1);
        Task<List<WatchEvent>> b = TakeAsync(client.WatchAsync("b"), 1);

        (await Should.ThrowAsync<QuorateException>(none)).Status.Detail.ShouldBe("mvcc: watcher range is empty");
        (await a)[0].Key.ShouldBe("a");
        (await b)[0].Key.ShouldBe("b");
        member.Calls.ShouldBe(["Watch"]);
    }

    [Fact]
    public async Task A_stream_that_ends_where_an_answer_was_due_leaves_none_due_on_the_next()
    {
        await using FakeMember first = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        first.WatchStreams.Enqueue(async stream =>
        {
            await stream.ReadAsync();
            await stream.ReadAsync();
        });
        second.WatchStreams.Enqueue(async stream =>
        {
            for (int i = 0; i < 2; i++)
            {
                WatchCreateRequest create = (await stream.ReadAsync()).CreateRequest;
                await stream.SayAsync(create.Key.ToStringUtf8() == "z"
                    ? [Refused("mvcc: watcher range is empty")]
                    : [Created(create.WatchId, 5), Events(create.WatchId, 6, Put("a", 6))]);
            }

            await stream.HangAsync();
        });
        using var client = new QuorateClient(first.Endpoint, second.Endpoint);
        Task<List<WatchEvent>> a = TakeAsync(client.WatchAsync("a"), 1);
        Task<List<WatchEvent>> none = TakeAsync(client.WatchAsync(KeyRange.Between("z", "a")), 1);

        (await Should.ThrowAsync<QuorateException>(none)).Status.Detail.ShouldBe("mvcc: watcher range is empty");
        (await a)[0].Key.ShouldBe("a");
    }

    [Fact]
    public async Task A_member_without_room_for_a_watch_is_left_for_one_that_has_it()
    {
        await using FakeMember full = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        full.WatchStreams.Enqueue(RefuseForWantOfRoomAsync);
        second.WatchStreams.Enqueue(TellOneEventAsync);
        using var client = new QuorateClient(full.Endpoint, second.Endpoint);

        (await TakeAsync(client.WatchAsync("a"), 1)).Count.ShouldBe(1);

        client.CurrentEndpoint.Authority.ShouldBe(second.Endpoint);
    }

    [Fact]
    public async Task A_watch_for_which_no_member_has_room_ends()
    {
        await using FakeMember first = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        first.WatchStreams.Enqueue(RefuseForWantOfRoomAsync);
        second.WatchStreams.Enqueue(RefuseForWantOfRoomAsync);
        using var client = new QuorateClient(first.Endpoint, second.Endpoint);

        QuorateException refused = await Should.ThrowAsync<QuorateException>(TakeAsync(client.WatchAsync("a"), 1));

        refused.Status.Detail.ShouldStartWith("quorate: too many watches at this member");
        refused.Endpoint.Authority.ShouldBe(second.Endpoint);
    }

    [Fact]
    public async Task A_method_that_no_server_has_ends_the_watch()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        member.WatchStreams.Enqueue(_ => throw new RpcException(new Status(StatusCode.Unimplemented, "not here")));
        using var client = new QuorateClient(member.Endpoint);

        (await Should.ThrowAsync<QuorateException>(TakeAsync(client.WatchAsync("a"), 1))).Status.StatusCode.ShouldBe(StatusCode.Unimplemented);
    }

    [Fact]
    public async Task A_member_that_never_answers_is_left()
    {
        await using FakeMember hanging = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        hanging.WatchStreams.Enqueue(stream => stream.HangAsync());
        second.WatchStreams.Enqueue(TellOneEventAsync);
        var time = new ManualTime();
        using QuorateClient client = On(time, hanging, second);
        Task<List<WatchEvent>> events = TakeAsync(client.WatchAsync("a"), 1);

        await time.AdvanceUntilAsync(events, TimeSpan.FromSeconds(1));

        client.CurrentEndpoint.Authority.ShouldBe(second.Endpoint);
    }

    [Fact]
    public async Task A_member_that_falls_silent_is_asked_for_a_sign_of_life_and_left_without_one()
    {
        await using FakeMember silent = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        int signs = 0;
        silent.WatchStreams.Enqueue(async stream =>
        {
            long id = (await stream.ReadAsync()).CreateRequest.WatchId;
            await stream.SayAsync(Created(id, 5));
            for (; signs < 3; signs++)
            {
                (await stream.ReadAsync()).ProgressRequest.ShouldNotBeNull();
                await stream.SayAsync(new WatchResponse { Header = new ResponseHeader { Revision = 99 }, WatchId = -1 });
            }

            await stream.HangAsync();
        });
        second.WatchStreams.Enqueue(async stream =>
        {
            WatchCreateRequest create = (await stream.ReadAsync()).CreateRequest;
            create.StartRevision.ShouldBe(6, "a sign of life is no promise that nothing was missed");
            await stream.SayAsync(Created(create.WatchId, 9), Events(create.WatchId, 9, Put("a", 9)));
            await stream.HangAsync();
        });
        var time = new ManualTime();
        using QuorateClient client = On(time, silent, second);
        Task<List<WatchEvent>> events = TakeAsync(client.WatchAsync("a"), 1);

        await time.AdvanceUntilAsync(events, TimeSpan.FromSeconds(1));

        signs.ShouldBe(3);
    }

    [Fact]
    public async Task A_member_that_has_nothing_to_say_of_a_watch_that_begins_later_is_not_left()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        var isBegun = new TaskCompletionSource();
        member.WatchStreams.Enqueue(async stream =>
        {
            long id = (await stream.ReadAsync()).CreateRequest.WatchId;
            await stream.SayAsync(Created(id, 5));
            await isBegun.Task;
            await stream.SayAsync(Events(id, 100, Put("a", 100)));
            await stream.HangAsync();
        });
        var time = new ManualTime();
        using QuorateClient client = On(time, member, second);
        await using IAsyncEnumerator<WatchBatch> batches =
            client.WatchBatchesAsync("a", new WatchOptions { StartRevision = 100 }).GetAsyncEnumerator();
        (await batches.MoveNextAsync()).ShouldBeTrue();

        await LetPassAsync(time, TimeSpan.FromSeconds(30));
        isBegun.SetResult();

        (await batches.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1))).ShouldBeTrue();
        batches.Current.Events.Single().Revision.ShouldBe(100);
        member.Calls.ShouldBe(["Watch"]);
        second.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_member_that_hangs_before_a_watch_begins_is_left()
    {
        await using FakeMember hanging = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        hanging.WatchStreams.Enqueue(async stream =>
        {
            await stream.SayAsync(Created((await stream.ReadAsync()).CreateRequest.WatchId, 5));
            await stream.HangAsync();
        });
        second.WatchStreams.Enqueue(async stream =>
        {
            WatchCreateRequest create = (await stream.ReadAsync()).CreateRequest;
            create.StartRevision.ShouldBe(100);
            await stream.SayAsync(Created(create.WatchId, 100), Events(create.WatchId, 100, Put("a", 100)));
            await stream.HangAsync();
        });
        var time = new ManualTime();
        using QuorateClient client = On(time, hanging, second);
        await using IAsyncEnumerator<WatchEvent> events = client.WatchAsync("a", new WatchOptions { StartRevision = 100 }).GetAsyncEnumerator();
        hanging.Hang = true;

        Task<bool> next = events.MoveNextAsync().AsTask();
        await time.AdvanceUntilAsync(next, TimeSpan.FromMilliseconds(250));

        events.Current.Revision.ShouldBe(100);
    }

    [Fact]
    public async Task A_member_is_not_left_because_the_only_watch_waits_for_its_reader()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        var isOff = new TaskCompletionSource();
        member.WatchStreams.Enqueue(async stream =>
        {
            long id = (await stream.ReadAsync()).CreateRequest.WatchId;
            await stream.SayAsync(Created(id, 5), Events(id, 6, Put("a", 6, valueBytes: 1000)));
            (await stream.ReadAsync()).CancelRequest.WatchId.ShouldBe(id);
            await stream.SayAsync(new WatchResponse { Header = new ResponseHeader { Revision = 6 }, WatchId = id, Canceled = true });
            isOff.SetResult();
            WatchCreateRequest again = (await stream.ReadAsync()).CreateRequest;
            again.StartRevision.ShouldBe(7);
            await stream.SayAsync(Created(again.WatchId, 7), Events(again.WatchId, 7, Put("a", 7)));
            await stream.HangAsync();
        });
        var time = new ManualTime();
        using QuorateClient client = On(time, member, second);
        await using IAsyncEnumerator<WatchBatch> batches =
            client.WatchBatchesAsync("a", new WatchOptions { BufferBytesMax = 500 }).GetAsyncEnumerator();
        (await batches.MoveNextAsync()).ShouldBeTrue();
        await isOff.Task;

        await LetPassAsync(time, TimeSpan.FromSeconds(30));

        foreach (long revision in (long[])[6, 7])
        {
            (await batches.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1))).ShouldBeTrue();
            batches.Current.Events.Single().Revision.ShouldBe(revision);
        }

        member.Calls.ShouldBe(["Watch"]);
        second.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_member_says_of_progress_is_where_the_watch_goes_on()
    {
        await using FakeMember first = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        first.WatchStreams.Enqueue(async stream =>
        {
            WatchCreateRequest create = (await stream.ReadAsync()).CreateRequest;
            create.ProgressNotify.ShouldBeTrue();
            await stream.SayAsync(Created(create.WatchId, 5), Events(create.WatchId, 90));
        });
        second.WatchStreams.Enqueue(async stream =>
        {
            WatchCreateRequest create = (await stream.ReadAsync()).CreateRequest;
            create.StartRevision.ShouldBe(91);
            await stream.SayAsync(Events(create.WatchId, 92, Put("a", 92)));
            await stream.HangAsync();
        });
        using var client = new QuorateClient(first.Endpoint, second.Endpoint);

        List<WatchBatch> batches = await TakeAsync(client.WatchBatchesAsync("a", new WatchOptions { ProgressNotify = true }), 3);

        batches.Select(batch => batch.ResumeRevision).ShouldBe([6, 91, 93]);
    }

    [Fact]
    public async Task Many_watches_share_one_stream_and_a_watch_that_ends_is_cancelled_at_the_server()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        var cancelled = new TaskCompletionSource<long>();
        long second = 0;
        member.WatchStreams.Enqueue(async stream =>
        {
            long first = (await stream.ReadAsync()).CreateRequest.WatchId;
            second = (await stream.ReadAsync()).CreateRequest.WatchId;
            await stream.SayAsync(Created(first, 5), Created(second, 5), Events(second, 6, Put("b", 6)));
            cancelled.SetResult((await stream.ReadAsync()).CancelRequest.WatchId);
            await stream.SayAsync(Events(first, 7, Put("a", 7)));
            await stream.HangAsync();
        });
        using var client = new QuorateClient(member.Endpoint);
        await using IAsyncEnumerator<WatchEvent> a = client.WatchAsync("a").GetAsyncEnumerator();
        ValueTask<bool> ofA = a.MoveNextAsync();

        (await TakeAsync(client.WatchAsync("b"), 1))[0].Key.ShouldBe("b");

        (await cancelled.Task).ShouldBe(second);
        (await ofA).ShouldBeTrue();
        member.Calls.ShouldBe(["Watch"]);
    }

    [Fact]
    public async Task A_slow_reader_leaves_the_stream_and_comes_back_where_it_stopped()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        var isOff = new TaskCompletionSource();
        member.WatchStreams.Enqueue(async stream =>
        {
            long slow = (await stream.ReadAsync()).CreateRequest.WatchId;
            await stream.SayAsync(Created(slow, 5));
            long fast = (await stream.ReadAsync()).CreateRequest.WatchId;
            await stream.SayAsync(Created(fast, 5), Events(slow, 6, Put("a", 6, valueBytes: 3000)));
            (await stream.ReadAsync()).CancelRequest.WatchId.ShouldBe(slow);
            isOff.SetResult();
            await stream.SayAsync(Events(slow, 7, Put("a", 7)), Events(fast, 8, Put("b", 8)));
            WatchCreateRequest again = (await stream.ReadAsync()).CreateRequest;
            again.StartRevision.ShouldBe(7, "what came after it was taken off was not kept");
            again.WatchId.ShouldNotBe(slow, "what is still under way for the old watch is not for the new one");
            await stream.SayAsync(Created(again.WatchId, 9), Events(slow, 7, Put("a", 7)), Events(again.WatchId, 9, Put("a", 7), Put("a", 9)));
            await stream.HangAsync();
        });
        using var client = new QuorateClient(member.Endpoint);
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await using IAsyncEnumerator<WatchBatch> slow = client.WatchBatchesAsync("a", new WatchOptions { BufferBytesMax = 2000 }, bound.Token).GetAsyncEnumerator();
        (await slow.MoveNextAsync()).ShouldBeTrue();

        await using IAsyncEnumerator<WatchEvent> fast = client.WatchAsync("b", cancellationToken: bound.Token).GetAsyncEnumerator();
        (await fast.MoveNextAsync()).ShouldBeTrue();
        fast.Current.Revision.ShouldBe(8);

        await isOff.Task;
        List<long> revisions = [];
        while (revisions.Count < 3)
        {
            (await slow.MoveNextAsync()).ShouldBeTrue();
            revisions.AddRange(slow.Current.Events.Select(happened => happened.Revision));
        }

        revisions.ShouldBe([6, 7, 9]);
    }

    [Fact]
    public async Task Garbage_on_a_stream_is_the_end_of_the_stream_and_not_of_the_watch()
    {
        await using FakeMember first = await FakeMember.StartAsync();
        await using FakeMember second = await FakeMember.StartAsync();
        first.WatchStreams.Enqueue(async stream =>
        {
            long id = (await stream.ReadAsync()).CreateRequest.WatchId;
            await stream.SayAsync(new WatchResponse { WatchId = id, Events = { new Event() } });
            await stream.HangAsync();
        });
        second.WatchStreams.Enqueue(TellOneEventAsync);
        using var client = new QuorateClient(first.Endpoint, second.Endpoint);

        (await TakeAsync(client.WatchAsync("a"), 1)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_token_ends_a_watch_and_so_does_the_end_of_the_client()
    {
        await using FakeMember member = await FakeMember.StartAsync();
        member.WatchStreams.Enqueue(stream => stream.HangAsync());
        var client = new QuorateClient(member.Endpoint);
        using var giveUp = new CancellationTokenSource();
        Task<List<WatchEvent>> one = TakeAsync(client.WatchAsync("a", cancellationToken: giveUp.Token), 1);
        Task<List<WatchEvent>> other = TakeAsync(client.WatchAsync("a"), 1);

        await giveUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(one);
        client.Dispose();
        await Should.ThrowAsync<ObjectDisposedException>(other);
        await Should.ThrowAsync<ObjectDisposedException>(TakeAsync(client.WatchAsync("a"), 1));
    }

    /// <summary>The first of a stream; not waited for without end, so that a member which went wrong says so.</summary>
    internal static Task<List<T>> TakeAsync<T>(IAsyncEnumerable<T> source, int count) =>
        TakeAllAsync(source, count).WaitAsync(TimeSpan.FromMinutes(1));

    private static async Task<List<T>> TakeAllAsync<T>(IAsyncEnumerable<T> source, int count)
    {
        List<T> taken = [];
        await foreach (T one in source)
        {
            taken.Add(one);
            if (taken.Count == count)
            {
                break;
            }
        }

        return taken;
    }

    private static QuorateClient On(ManualTime time, params FakeMember[] members) =>
        new(new QuorateClientOptions { Endpoints = [.. members.Select(member => member.Endpoint)], TimeProvider = time });

    private static async Task TellOneEventAsync(FakeStream<WatchRequest, WatchResponse> stream)
    {
        long id = (await stream.ReadAsync()).CreateRequest.WatchId;
        await stream.SayAsync(Created(id, 5), Events(id, 6, Put("a", 6)));
        await stream.HangAsync();
    }

    /// <summary>Lets time pass in steps that leave room for what is asked and answered meanwhile.</summary>
    private static Task LetPassAsync(ManualTime time, TimeSpan length) =>
        time.AdvanceUntilAsync(Task.Delay(length, time), TimeSpan.FromMilliseconds(250));

    private static async Task RefuseForWantOfRoomAsync(FakeStream<WatchRequest, WatchResponse> stream)
    {
        await stream.ReadAsync();
        await stream.SayAsync(Refused("quorate: too many watches at this member; cancel some or ask another member"));
        await stream.HangAsync();
    }

    /// <summary>What servers say of a watch that they do not create: whose turn it is, and not its id.</summary>
    private static WatchResponse Refused(string reason) =>
        new() { Header = new ResponseHeader { Revision = 5 }, WatchId = -1, Created = true, Canceled = true, CancelReason = reason };

    private static WatchResponse Created(long id, long revision) =>
        new() { Header = new ResponseHeader { Revision = revision }, WatchId = id, Created = true };

    private static WatchResponse Events(long id, long revision, params Event[] events) =>
        new() { Header = new ResponseHeader { Revision = revision }, WatchId = id, Events = { events } };

    private static WatchResponse Fragment(long id, params Event[] events) =>
        new() { Header = new ResponseHeader { Revision = 99 }, WatchId = id, Fragment = true, Events = { events } };

    private static Event Put(string key, long revision, int valueBytes = 1) => new()
    {
        Type = Event.Types.EventType.Put,
        Kv = new KeyValue { Key = ByteString.CopyFromUtf8(key), ModRevision = revision, Value = ByteString.CopyFrom(new byte[valueBytes]) },
    };

    private static Event Deletion(string key, long revision) => new()
    {
        Type = Event.Types.EventType.Delete,
        Kv = new KeyValue { Key = ByteString.CopyFromUtf8(key), ModRevision = revision },
    };
}
