using System.Text.Json;
using Google.Protobuf;
using Quorate.EndToEnd.Tests.Harness;
using Quorate.Etcd.Protocol;
using Quorate.Grpc;

namespace Quorate.EndToEnd.Tests;

/// <summary>Watches of a real cluster, by etcd's own command line and by clients that do what they should not.</summary>
public sealed class WatchTests : IAsyncLifetime
{
    private static readonly Method<WatchRequest, WatchResponse> Watch = new(Service("Watch").FindMethodByName("Watch"));
    private static readonly Method<PutRequest, PutResponse> Put = new(Service("KV").FindMethodByName("Put"));

    private ClusterProcesses _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ClusterProcesses.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [NeedsEtcdctlFact]
    public async Task Etcdctl_sees_puts_and_deletions_at_every_member()
    {
        foreach (MemberProcess member in _cluster.Members)
        {
            // From the revision on that is next, so that nothing depends on who is quicker.
            long revision = await PutAsync(member, "before", "x");
            await using var watch = new WatchProcess(member.Endpoint, "w/", "--prefix", "--prev-kv", $"--rev={revision + 1}");
            await PutAsync(member, "w/a", "1");
            await PutAsync(member, "other", "1");
            await PutAsync(member, "w/a", "2");
            (await RunAsync(member, "del", "w/a")).Succeeded();

            (await watch.NextLinesAsync(3)).ShouldBe(["PUT", "w/a", "1"]);
            (await watch.NextLinesAsync(5)).ShouldBe(["PUT", "w/a", "1", "w/a", "2"]);
            (await watch.NextLinesAsync(4)).ShouldBe(["DELETE", "w/a", "2", "w/a"]);
        }
    }

    [NeedsEtcdctlFact]
    public async Task Etcdctl_replays_history_and_is_told_when_it_is_compacted()
    {
        MemberProcess member = _cluster.Members[0];
        long first = await PutAsync(member, "h", "1");
        await PutAsync(member, "h", "2");
        long last = await PutAsync(member, "h", "3");
        await using (var watch = new WatchProcess(_cluster.Members[1].Endpoint, "h", $"--rev={first}"))
        {
            (await watch.NextLinesAsync(9)).ShouldBe(["PUT", "h", "1", "PUT", "h", "2", "PUT", "h", "3"]);
        }

        (await RunAsync(member, "compaction", $"{last}")).Succeeded();
        await using (var watch = new WatchProcess(member.Endpoint, "h", $"--rev={first}"))
        {
            (await watch.NextLineAsync()).ShouldContain("watch was canceled (etcdserver: mvcc: required revision has been compacted)");
        }

        await using (var watch = new WatchProcess(member.Endpoint, "h", $"--rev={last}"))
        {
            (await watch.NextLinesAsync(3)).ShouldBe(["PUT", "h", "3"]);
        }
    }

    [NeedsEtcdctlFact]
    public async Task Etcdctl_goes_on_at_another_member_when_its_own_is_killed()
    {
        long revision = await PutAsync(_cluster.Members[0], "k", "0");
        await using var watch = new WatchProcess(_cluster.Endpoints, "k", $"--rev={revision}");
        (await watch.NextLinesAsync(3)).ShouldBe(["PUT", "k", "0"]);
        for (int i = 0; i < 2; i++)
        {
            await _cluster.Members[i].KillAsync();
            MemberProcess alive = _cluster.Members[i + 1];
            (await Programs.RunAsync(
                Programs.Etcdctl!, [$"--endpoints={alive.Endpoint}", "--command-timeout=60s", "put", "k", $"{i + 1}"], variables: Api3)).Succeeded();
            (await watch.NextLinesAsync(3)).ShouldBe(["PUT", "k", $"{i + 1}"]);
            await _cluster.Members[i].StartAsync();
        }
    }

    [Fact]
    public async Task Thousands_of_watches_on_one_stream_all_hear()
    {
        const int Watches = 5000;
        using GrpcChannel channel = Channel(_cluster.Members[0]);
        using AsyncDuplexStreamingCall<WatchRequest, WatchResponse> call = channel.Duplex(Watch);
        Task creating = Task.Run(async () =>
        {
            for (int i = 0; i < Watches; i++)
            {
                await call.RequestStream.WriteAsync(Create("all"));
            }
        });
        for (int i = 0; i < Watches; i++)
        {
            WatchResponse created = await NextAsync(call);
            (created.Created, created.WatchId).ShouldBe((true, i));
        }

        await creating;
        await PutAsync(channel, "all", "heard");
        HashSet<long> heard = [];
        for (int i = 0; i < Watches; i++)
        {
            WatchResponse told = await NextAsync(call);
            told.Events.ShouldHaveSingleItem().Kv.Value.ToStringUtf8().ShouldBe("heard");
            heard.Add(told.WatchId).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_client_that_never_reads_holds_up_nobody_and_hears_everything_when_it_does()
    {
        const int Writes = 300;
        MemberProcess member = _cluster.Members[0];
        using GrpcChannel slowChannel = Channel(member);
        using GrpcChannel channel = Channel(member);
        using AsyncDuplexStreamingCall<WatchRequest, WatchResponse> slow = slowChannel.Duplex(Watch);
        using AsyncDuplexStreamingCall<WatchRequest, WatchResponse> quick = channel.Duplex(Watch);
        await slow.RequestStream.WriteAsync(Create("big"));
        await quick.RequestStream.WriteAsync(Create("big"));
        (await NextAsync(slow)).Created.ShouldBeTrue();
        (await NextAsync(quick)).Created.ShouldBeTrue();
        string value = new('v', 100_000);
        long last = 0;
        for (int i = 0; i < Writes; i++)
        {
            last = await PutAsync(channel, "big", $"{i} {value}");
            (await NextEventAsync(quick)).Kv.ModRevision.ShouldBe(last);
        }

        long expected = last - Writes + 1;
        while (expected <= last)
        {
            WatchResponse told = await NextAsync(slow);
            foreach (Event change in told.Events)
            {
                change.Kv.ModRevision.ShouldBe(expected++);
            }
        }
    }

    [Fact]
    public async Task Garbage_ends_its_own_stream_with_an_error_and_no_other()
    {
        MemberProcess member = _cluster.Members[0];
        using GrpcChannel channel = Channel(member);
        using AsyncDuplexStreamingCall<WatchRequest, WatchResponse> good = channel.Duplex(Watch);
        await good.RequestStream.WriteAsync(Create("g"));
        (await NextAsync(good)).Created.ShouldBeTrue();

        using var http = new HttpClient(new SocketsHttpHandler());
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{member.Endpoint}/etcdserverpb.Watch/Watch")
        {
            Version = new Version(2, 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, 4, 0xFF, 0xFF, 0xFF, 0xFF]),
        };
        request.Content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
        request.Headers.TryAddWithoutValidation("te", "trailers");
        using HttpResponseMessage response = await http.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        string status = response.Headers.TryGetValues("grpc-status", out IEnumerable<string>? early)
            ? early.Single()
            : response.TrailingHeaders.GetValues("grpc-status").Single();
        status.ShouldBe("13");

        // Cancelling what is not there, and asking for nothing, is passed over.
        await good.RequestStream.WriteAsync(new WatchRequest { CancelRequest = new WatchCancelRequest { WatchId = 77 } });
        await good.RequestStream.WriteAsync(new WatchRequest());
        await PutAsync(channel, "g", "1");
        (await NextEventAsync(good)).Kv.Value.ToStringUtf8().ShouldBe("1");
    }

    [Fact]
    public async Task A_member_with_open_watches_stops_at_once_and_tells_them()
    {
        using GrpcChannel channel = Channel(_cluster.Members[2]);
        using AsyncDuplexStreamingCall<WatchRequest, WatchResponse> call = channel.Duplex(Watch);
        await call.RequestStream.WriteAsync(Create("s"));
        (await NextAsync(call)).Created.ShouldBeTrue();

        (await _cluster.Members[2].StopAsync()).ShouldBe(0);

        RpcException told = await Should.ThrowAsync<RpcException>(() => NextAsync(call));
        told.StatusCode.ShouldBe(StatusCode.Unavailable);
        told.Status.Detail.ShouldBe("etcdserver: server stopped");
    }

    [Fact]
    public async Task A_client_that_wants_a_leader_is_told_when_there_is_none()
    {
        using GrpcChannel channel = Channel(_cluster.Members[0]);
        var headers = new Metadata { { "hasleader", "true" } };
        using AsyncDuplexStreamingCall<WatchRequest, WatchResponse> call = channel.Duplex(Watch, new CallOptions { Headers = headers });
        await call.RequestStream.WriteAsync(Create("l"));
        (await NextAsync(call)).Created.ShouldBeTrue();

        await _cluster.Members[1].KillAsync();
        await _cluster.Members[2].KillAsync();

        RpcException told = await Should.ThrowAsync<RpcException>(() => NextAsync(call));
        told.StatusCode.ShouldBe(StatusCode.Unavailable);
        told.Status.Detail.ShouldBe("etcdserver: no leader");
    }

    private static (string, string)[] Api3 => [("ETCDCTL_API", "3")];

    private static Google.Protobuf.Reflection.ServiceDescriptor Service(string name) =>
        RpcReflection.Descriptor.Services.Single(service => service.Name == name);

    private static GrpcChannel Channel(MemberProcess member) => new(new Uri($"http://{member.Endpoint}"));

    private static WatchRequest Create(string key) => new() { CreateRequest = new WatchCreateRequest { Key = ByteString.CopyFromUtf8(key) } };

    private static async Task<WatchResponse> NextAsync(AsyncDuplexStreamingCall<WatchRequest, WatchResponse> call)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        (await call.ResponseStream.MoveNext(patience.Token)).ShouldBeTrue();
        return call.ResponseStream.Current;
    }

    private static async Task<Event> NextEventAsync(AsyncDuplexStreamingCall<WatchRequest, WatchResponse> call) =>
        (await NextAsync(call)).Events.ShouldHaveSingleItem();

    private static async Task<long> PutAsync(GrpcChannel channel, string key, string value) =>
        (await channel.UnaryAsync(Put, new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8(value) })).Header.Revision;

    private static Task<ProgramResult> RunAsync(MemberProcess member, params string[] arguments) =>
        Programs.RunAsync(Programs.Etcdctl!, [$"--endpoints={member.Endpoint}", "--command-timeout=30s", .. arguments], variables: Api3);

    private static async Task<long> PutAsync(MemberProcess member, string key, string value)
    {
        using JsonDocument answer = JsonDocument.Parse((await RunAsync(member, "put", key, value, "-w", "json")).Succeeded());
        return answer.RootElement.GetProperty("header").GetProperty("revision").GetInt64();
    }
}
