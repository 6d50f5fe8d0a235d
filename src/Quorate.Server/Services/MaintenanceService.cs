using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;
using Quorate.Grpc;

namespace Quorate.Server.Services;

/// <summary>etcd's Maintenance service. Downgrades and the snapshot stream answer that they are not implemented.</summary>
internal sealed class MaintenanceService(MaintenanceRequests requests)
{
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
