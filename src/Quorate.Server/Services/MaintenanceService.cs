using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;
using Quorate.Grpc;

namespace Quorate.Server.Services;

/// <summary>etcd's Maintenance service.</summary>
/// <param name="requests">What the requests mean.</param>
/// <param name="snapshotStallMax">How long a client of a snapshot may read nothing before it loses its place.</param>
internal sealed class MaintenanceService(MaintenanceRequests requests, TimeSpan snapshotStallMax)
{
    /// <summary>Most snapshots sent at once. Each holds the state of its moment in memory until it is sent.</summary>
    internal const int SnapshotsMax = 16;

    private int _snapshots;

    public async Task Snapshot(SnapshotRequest request, IServerStreamWriter<SnapshotResponse> responses, ServerCallContext context)
    {
        if (Interlocked.Increment(ref _snapshots) > SnapshotsMax)
        {
            Interlocked.Decrement(ref _snapshots);
            throw new RpcException(new Status((StatusCode)(int)EtcdError.TooManyRequests.Code, EtcdError.TooManyRequests.Text));
        }

        try
        {
            var call = new StreamedCall<SnapshotResponse>(context);
            requests.Snapshot(request, call);
            await call.SendAsync(responses, snapshotStallMax);
        }
        finally
        {
            Interlocked.Decrement(ref _snapshots);
        }
    }

    public Task<DowngradeResponse> Downgrade(DowngradeRequest request, ServerCallContext context)
    {
        var call = new PendingCall<DowngradeResponse>(context);
        requests.Downgrade(request, call);
        return call.Response;
    }

    public Task<StatusResponse> Status(StatusRequest request, ServerCallContext context)
    {
        var call = new PendingCall<StatusResponse>(context);
        requests.Status(request, call);
        return call.Response;
    }

    public Task<HashKVResponse> HashKV(HashKVRequest request, ServerCallContext context)
    {
        var call = new PendingCall<HashKVResponse>(context);
        requests.HashKV(request, call);
        return call.Response;
    }

    public Task<HashResponse> Hash(HashRequest request, ServerCallContext context)
    {
        var call = new PendingCall<HashResponse>(context);
        requests.Hash(request, call);
        return call.Response;
    }

    public Task<AlarmResponse> Alarm(AlarmRequest request, ServerCallContext context)
    {
        var call = new PendingCall<AlarmResponse>(context);
        requests.Alarm(request, call);
        return call.Response;
    }

    public Task<DefragmentResponse> Defragment(DefragmentRequest request, ServerCallContext context)
    {
        var call = new PendingCall<DefragmentResponse>(context);
        requests.Defragment(request, call);
        return call.Response;
    }

    public Task<MoveLeaderResponse> MoveLeader(MoveLeaderRequest request, ServerCallContext context)
    {
        var call = new PendingCall<MoveLeaderResponse>(context);
        requests.MoveLeader(request, call);
        return call.Response;
    }
}
