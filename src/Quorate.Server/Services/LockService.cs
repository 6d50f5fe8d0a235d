using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Grpc;
using Quorate.Server.Coordination;

namespace Quorate.Server.Services;

/// <summary>etcd's Lock service: the first of a line holds the lock.</summary>
internal sealed class LockService(MemberCalls calls, WaitingLines lines)
{
    private const string SessionExpired = "mutex: session is expired";

    public Task<LockResponse> Lock(LockRequest request, ServerCallContext context) =>
        CoordinationFailures.AsEtcdAsync(LockAsync(request, context.CancellationToken));

    public Task<UnlockResponse> Unlock(UnlockRequest request, ServerCallContext context) =>
        CoordinationFailures.AsEtcdAsync(UnlockAsync(request));

    private async Task<LockResponse> LockAsync(LockRequest request, CancellationToken cancellationToken)
    {
        Place place = await lines.EnterAsync(request.Name, request.Lease, ByteString.Empty);
        ResponseHeader header = await lines.WaitUntilFirstAsync(place, SessionExpired, cancellationToken);
        return new LockResponse { Header = header, Key = place.Key };
    }

    private async Task<UnlockResponse> UnlockAsync(UnlockRequest request) =>
        new() { Header = (await calls.DeleteAsync(request.Key)).Header };
}
