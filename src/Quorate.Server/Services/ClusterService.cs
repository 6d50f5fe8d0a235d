using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;
using Quorate.Grpc;

namespace Quorate.Server.Services;

/// <summary>etcd's Cluster service. Changes of membership answer that they are not implemented.</summary>
internal sealed class ClusterService(ClusterRequests requests)
{
    public Task<MemberListResponse> MemberList(MemberListRequest request, ServerCallContext context)
    {
        var call = new PendingCall<MemberListResponse>(context);
        requests.MemberList(request, call);
        return call.Response;
    }
}
