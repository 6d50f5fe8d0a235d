using Quorate.Etcd.Protocol;
using Quorate.Grpc;
using Quorate.Raft;
using Quorate.Server.Services;
using Quorate.Server.Tests.Watches;

namespace Quorate.Server.Tests.Services;

/// <summary>How a stream of watches ends.</summary>
public sealed class WatchServiceTests : IDisposable
{
    private readonly WatchWorld _world = new();
    private readonly HeldWriter _writer = new();
    private readonly CancellationTokenSource _stopping = new();

    [Fact]
    public async Task A_stream_of_a_client_that_does_not_read_ends_when_the_server_stops()
    {
        Task call = Open(new FakeCallContext());
        _writer.Holds = true;
        _world.Put("k", "1");
        _world.Advance();
        _world.Serve();
        _world.Put("k", "2");
        _world.Advance();
        _world.Serve();
        _writer.Values().ShouldBe(["1"]);
        await _stopping.CancelAsync();
        (await Should.ThrowAsync<RpcException>(() => call)).StatusCode.ShouldBe(StatusCode.Unavailable);
        _world.Watches.StreamCount.ShouldBe(0);
        _world.Watches.WatcherCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_stream_that_wants_a_leader_ends_when_there_is_none_though_its_client_does_not_read()
    {
        var context = new FakeCallContext();
        context.RequestHeaders.Add("hasleader", "true");
        Task call = Open(context);
        _writer.Holds = true;
        _world.Put("k", "1");
        _world.Advance();
        _world.Serve();
        _world.Replica.Status = _world.Replica.Status with { LeaderId = MemberId.None };
        (await Should.ThrowAsync<RpcException>(() => call)).Status.Detail.ShouldContain("no leader");
        _world.Watches.StreamCount.ShouldBe(0);
    }

    [Fact]
    public async Task What_the_transport_says_ends_the_stream()
    {
        Task call = Open(new FakeCallContext());
        _writer.Refusal = new InvalidOperationException("gone");
        _world.Put("k", "1");
        _world.Advance();
        _world.Serve();
        (await Should.ThrowAsync<InvalidOperationException>(() => call)).Message.ShouldBe("gone");
        _world.Watches.StreamCount.ShouldBe(0);
    }

    public void Dispose() => _stopping.Dispose();

    private Task Open(FakeCallContext context)
    {
        var service = new WatchService(_world.Watches, _world.Turns, _world.Replica, TimeSpan.FromMilliseconds(30), _stopping.Token);
        Task call = service.Watch(new OneRequest(WatchWorld.Create("k")), _writer, context);
        _world.Serve();
        _writer.Sent.ShouldHaveSingleItem().Created.ShouldBeTrue();
        return call;
    }

    /// <summary>A client that says one thing, and then no more.</summary>
    private sealed class OneRequest(WatchRequest request) : IAsyncStreamReader<WatchRequest>
    {
        private bool _isRead;

        public WatchRequest Current => request;

        public Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            bool isFirst = !_isRead;
            _isRead = true;
            return Task.FromResult(isFirst);
        }
    }
}
