using Google.Protobuf;
using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.KeyValue;
using Quorate.Server.Services;

namespace Quorate.Server.Coordination;

/// <summary>
/// What locks and elections ask of this member. A call that fails throws an <see cref="Grpc.RpcException"/>; each takes
/// as long as a request may, and no longer.
/// </summary>
internal sealed class MemberCalls(EtcdFront front)
{
    public Task<TxnResponse> TransactAsync(TxnRequest request)
    {
        var call = new PendingCall<TxnResponse>();
        front.KeyValue.Txn(request, call);
        return call.Response;
    }

    /// <summary>The key of a prefix that was created first.</summary>
    public Task<RangeResponse> OldestAsync(ByteString prefix)
    {
        var call = new PendingCall<RangeResponse>();
        front.KeyValue.Range(LineRequests.Oldest(prefix), call);
        return call.Response;
    }

    public Task<DeleteRangeResponse> DeleteAsync(ByteString key)
    {
        var call = new PendingCall<DeleteRangeResponse>();
        front.KeyValue.DeleteRange(new DeleteRangeRequest { Key = key }, call);
        return call.Response;
    }

    public Task<LeaseGrantResponse> GrantAsync(long secondsToLive)
    {
        var call = new PendingCall<LeaseGrantResponse>();
        front.Lease.Grant(new LeaseGrantRequest { TTL = secondsToLive }, call);
        return call.Response;
    }

    public Task<LeaseRevokeResponse> RevokeAsync(long lease)
    {
        var call = new PendingCall<LeaseRevokeResponse>();
        front.Lease.Revoke(new LeaseRevokeRequest { ID = lease }, call);
        return call.Response;
    }

    public KeyFeed WatchKey(ByteString key, long startRevision) =>
        KeyFeed.Start(front.Watches, KeyRange.ForKey(key.Memory), startRevision);

    public KeyFeed WatchPrefix(ByteString prefix, long startRevision) =>
        KeyFeed.Start(front.Watches, KeyRange.FromWire(prefix.Memory, LineRequests.EndOf(prefix).Memory), startRevision);
}
