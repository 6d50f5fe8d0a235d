using Google.Protobuf;
using Google.Protobuf.Reflection;
using Quorate.Etcd.Protocol;
using Quorate.Grpc;

namespace Quorate.Client;

/// <summary>The methods of etcd's API that the client calls.</summary>
internal static class EtcdMethods
{
    public static readonly Method<RangeRequest, RangeResponse> Range = Find<RangeRequest, RangeResponse>("KV", "Range");
    public static readonly Method<PutRequest, PutResponse> Put = Find<PutRequest, PutResponse>("KV", "Put");
    public static readonly Method<DeleteRangeRequest, DeleteRangeResponse> DeleteRange = Find<DeleteRangeRequest, DeleteRangeResponse>("KV", "DeleteRange");
    public static readonly Method<TxnRequest, TxnResponse> Txn = Find<TxnRequest, TxnResponse>("KV", "Txn");
    public static readonly Method<CompactionRequest, CompactionResponse> Compact = Find<CompactionRequest, CompactionResponse>("KV", "Compact");
    public static readonly Method<StatusRequest, StatusResponse> Status = Find<StatusRequest, StatusResponse>("Maintenance", "Status");
    public static readonly Method<HashKVRequest, HashKVResponse> HashKV = Find<HashKVRequest, HashKVResponse>("Maintenance", "HashKV");
    public static readonly Method<MoveLeaderRequest, MoveLeaderResponse> MoveLeader = Find<MoveLeaderRequest, MoveLeaderResponse>("Maintenance", "MoveLeader");
    public static readonly Method<AlarmRequest, AlarmResponse> Alarm = Find<AlarmRequest, AlarmResponse>("Maintenance", "Alarm");
    public static readonly Method<SnapshotRequest, SnapshotResponse> Snapshot = Find<SnapshotRequest, SnapshotResponse>("Maintenance", "Snapshot");
    public static readonly Method<MemberListRequest, MemberListResponse> MemberList = Find<MemberListRequest, MemberListResponse>("Cluster", "MemberList");

    public static readonly Method<WatchRequest, WatchResponse> Watch = Find<WatchRequest, WatchResponse>("Watch", "Watch");
    public static readonly Method<LeaseGrantRequest, LeaseGrantResponse> LeaseGrant = Find<LeaseGrantRequest, LeaseGrantResponse>("Lease", "LeaseGrant");
    public static readonly Method<LeaseRevokeRequest, LeaseRevokeResponse> LeaseRevoke = Find<LeaseRevokeRequest, LeaseRevokeResponse>("Lease", "LeaseRevoke");
    public static readonly Method<LeaseKeepAliveRequest, LeaseKeepAliveResponse> LeaseKeepAlive = Find<LeaseKeepAliveRequest, LeaseKeepAliveResponse>("Lease", "LeaseKeepAlive");
    public static readonly Method<LeaseTimeToLiveRequest, LeaseTimeToLiveResponse> LeaseTimeToLive = Find<LeaseTimeToLiveRequest, LeaseTimeToLiveResponse>("Lease", "LeaseTimeToLive");
    public static readonly Method<LeaseLeasesRequest, LeaseLeasesResponse> LeaseLeases = Find<LeaseLeasesRequest, LeaseLeasesResponse>("Lease", "LeaseLeases");

    private static Method<TRequest, TResponse> Find<TRequest, TResponse>(string service, string method)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        foreach (ServiceDescriptor descriptor in RpcReflection.Descriptor.Services)
        {
            if (descriptor.Name == service)
            {
                return new Method<TRequest, TResponse>(descriptor.FindMethodByName(method));
            }
        }

        throw new InvalidOperationException($"etcd's API has no service {service}.");
    }
}
