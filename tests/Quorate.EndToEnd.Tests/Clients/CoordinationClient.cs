using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.EndToEnd.Tests.Harness;
using Quorate.Grpc;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Quorate.EndToEnd.Tests.Clients;

/// <summary>The calls of etcd's Lock and Election services, and those around them, at one member.</summary>
internal sealed class CoordinationClient(MemberProcess member) : IDisposable
{
    private static readonly ServiceDescriptor s_lock = V3LockReflection.Descriptor.Services.Single();
    private static readonly ServiceDescriptor s_election = V3ElectionReflection.Descriptor.Services.Single();

    private readonly GrpcChannel _channel = new(new Uri($"http://{member.Endpoint}"));

    public void Dispose() => _channel.Dispose();

    public Task<LockResponse> LockAsync(string name, long lease = 0, CancellationToken cancellationToken = default) =>
        CallAsync<LockRequest, LockResponse>(s_lock, "Lock", new LockRequest { Name = Bytes(name), Lease = lease }, cancellationToken);

    public Task<UnlockResponse> UnlockAsync(ByteString key) =>
        CallAsync<UnlockRequest, UnlockResponse>(s_lock, "Unlock", new UnlockRequest { Key = key });

    public Task<CampaignResponse> CampaignAsync(string name, string value, long lease = 0, CancellationToken cancellationToken = default) =>
        CallAsync<CampaignRequest, CampaignResponse>(
            s_election, "Campaign", new CampaignRequest { Name = Bytes(name), Value = Bytes(value), Lease = lease }, cancellationToken);

    public Task<ProclaimResponse> ProclaimAsync(LeaderKey? leader, string value) =>
        CallAsync<ProclaimRequest, ProclaimResponse>(s_election, "Proclaim", new ProclaimRequest { Leader = leader, Value = Bytes(value) });

    public Task<ResignResponse> ResignAsync(LeaderKey? leader) =>
        CallAsync<ResignRequest, ResignResponse>(s_election, "Resign", new ResignRequest { Leader = leader });

    public Task<LeaderResponse> LeaderAsync(string name) =>
        CallAsync<LeaderRequest, LeaderResponse>(s_election, "Leader", new LeaderRequest { Name = Bytes(name) });

    public AsyncServerStreamingCall<LeaderResponse> Observe(string name) => _channel.ServerStreaming(
        new Method<LeaderRequest, LeaderResponse>(s_election.FindMethodByName("Observe")), new LeaderRequest { Name = Bytes(name) });

    public async Task<long> GrantAsync(long secondsToLive = 600) =>
        (await CallAsync<LeaseGrantRequest, LeaseGrantResponse>(Service("Lease"), "LeaseGrant", new LeaseGrantRequest { TTL = secondsToLive })).ID;

    public Task RevokeAsync(long lease) =>
        CallAsync<LeaseRevokeRequest, LeaseRevokeResponse>(Service("Lease"), "LeaseRevoke", new LeaseRevokeRequest { ID = lease });

    /// <summary>The keys of a line, those first that came first.</summary>
    public async Task<IReadOnlyList<Etcd.Protocol.KeyValue>> LineAsync(string name)
    {
        RangeResponse line = await CallAsync<RangeRequest, RangeResponse>(Service("KV"), "Range", new RangeRequest
        {
            Key = Bytes(name + "/"),
            RangeEnd = Bytes(name + "0"),
            SortTarget = RangeRequest.Types.SortTarget.Create,
            SortOrder = RangeRequest.Types.SortOrder.Ascend,
        });
        return line.Kvs;
    }

    /// <summary>Asks until a line has so many places.</summary>
    public async Task UntilLineHasAsync(string name, int places)
    {
        while ((await LineAsync(name)).Count != places)
        {
            await Task.Yield();
        }
    }

    private static ByteString Bytes(string text) => ByteString.CopyFromUtf8(text);

    private static ServiceDescriptor Service(string name) => RpcReflection.Descriptor.Services.Single(service => service.Name == name);

    private Task<TResponse> CallAsync<TRequest, TResponse>(ServiceDescriptor service, string method, TRequest request, CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        _channel.UnaryAsync(
            new Method<TRequest, TResponse>(service.FindMethodByName(method)), request, new CallOptions(CancellationToken: cancellationToken));
}
