using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;
using Quorate.Grpc;

namespace Quorate.Server.Services;

/// <summary>etcd's Cluster service. Changes of membership say that they are not there yet.</summary>
internal sealed class ClusterService(ClusterRequests requests)
{
    public Task<MemberListResponse> MemberList(MemberListRequest request, ServerCallContext context)
    {
        var call = new PendingCall<MemberListResponse>(context);
        requests.MemberList(request, call);
        return call.Response;
    }

    public Task<MemberAddResponse> MemberAdd(MemberAddRequest request, ServerCallContext context)
    {
        var call = new PendingCall<MemberAddResponse>(context);
        requests.MemberAdd(request, call);
        return call.Response;
    }

    public Task<MemberRemoveResponse> MemberRemove(MemberRemoveRequest request, ServerCallContext context)
    {
        var call = new PendingCall<MemberRemoveResponse>(context);
        requests.MemberRemove(request, call);
        return call.Response;
    }

    public Task<MemberUpdateResponse> MemberUpdate(MemberUpdateRequest request, ServerCallContext context)
    {
        var call = new PendingCall<MemberUpdateResponse>(context);
        requests.MemberUpdate(request, call);
        return call.Response;
    }

    public Task<MemberPromoteResponse> MemberPromote(MemberPromoteRequest request, ServerCallContext context)
    {
        var call = new PendingCall<MemberPromoteResponse>(context);
        requests.MemberPromote(request, call);
        return call.Response;
    }
}
