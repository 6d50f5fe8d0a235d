using Google.Protobuf;
using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using Quorate.Grpc;
using Quorate.Server.Coordination;
using Quorate.Server.Services;
using Quorate.Server.Watches;

namespace Quorate.Server.Tests.Coordination;

/// <summary>Lines of a member whose commands are applied at once.</summary>
public sealed class WaitingLinesTests : IDisposable
{
    private const long Lease = 7;
    private const long OtherLease = 8;
    private const long NegativeLease = -7;

    private static readonly ByteString s_name = ByteString.CopyFromUtf8("line");

    private readonly EtcdStateMachine _state = new();
    private readonly EtcdFront _front;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _caller = new();
    private readonly WaitingLines _lines;

    public WaitingLinesTests()
    {
        _front = new EtcdFront(new ScriptedReplica(_state), _state, new EtcdOptions { ClusterId = 1 }, new WatchGate());
        _lines = new WaitingLines(new MemberCalls(_front), _stopping.Token);
        foreach (long id in new[] { Lease, OtherLease, NegativeLease })
        {
            _front.Lease.Grant(new LeaseGrantRequest { ID = id, TTL = 60 }, new PendingCall<LeaseGrantResponse>());
        }
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _caller.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Lease)]
    public async Task A_caller_that_has_left_when_its_turn_comes_at_once_leaves_no_key_behind(long lease)
    {
        Place place = await _lines.EnterAsync(s_name, lease, ByteString.Empty);
        place.IsFirst.ShouldBeTrue();
        await _caller.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => _lines.WaitUntilFirstAsync(place, "lost", _caller.Token));
        _state.Current.KeyCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_place_that_the_lease_had_before_is_not_taken_from_it_by_a_caller_that_asks_again_and_leaves()
    {
        await _lines.EnterAsync(s_name, Lease, ByteString.Empty);
        Place again = await _lines.EnterAsync(s_name, Lease, ByteString.Empty);
        await _caller.CancelAsync();
        await _lines.WaitUntilFirstAsync(again, "lost", _caller.Token);
        _state.Current.KeyCount.ShouldBe(1);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(OtherLease, 2)]
    public async Task A_member_that_stops_gives_up_places_that_nobody_could_find_again_and_keeps_the_others(long lease, int keysLeft)
    {
        await _lines.EnterAsync(s_name, Lease, ByteString.Empty);
        Place second = await _lines.EnterAsync(s_name, lease, ByteString.Empty);
        second.IsFirst.ShouldBeFalse();
        Task waiting = _lines.WaitUntilFirstAsync(second, "lost", _caller.Token);
        await _stopping.CancelAsync();
        (await Should.ThrowAsync<RpcException>(() => waiting)).StatusCode.ShouldBe(StatusCode.Unavailable);
        _state.Current.KeyCount.ShouldBe(keysLeft);
    }

    [Theory]
    [InlineData(Lease, "line/7")]
    [InlineData(NegativeLease, "line/-7")]
    public async Task The_key_of_a_lease_is_the_one_that_etcds_own_recipe_writes(long lease, string key) =>
        (await _lines.EnterAsync(s_name, lease, ByteString.Empty)).Key.ToStringUtf8().ShouldBe(key);

    [Fact]
    public async Task A_caller_that_leaves_while_it_waits_leaves_no_key_behind()
    {
        await _lines.EnterAsync(s_name, Lease, ByteString.Empty);
        Place second = await _lines.EnterAsync(s_name, OtherLease, ByteString.Empty);
        Task waiting = _lines.WaitUntilFirstAsync(second, "lost", _caller.Token);
        await _caller.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        _state.Current.KeyCount.ShouldBe(1);
    }
}
