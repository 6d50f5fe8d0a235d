using Quorate.Etcd;
using Quorate.Grpc;

namespace Quorate.Server.Coordination;

/// <summary>
/// How calls of locks and elections fail. In etcd these services are clients of its own, whose errors have lost their
/// codes: all are UNKNOWN, with the text of what went wrong. Here those that say no are; those that say "not now" keep
/// their codes, so that a client knows what to try again.
/// </summary>
internal static class CoordinationFailures
{
    public static RpcException Stopping() => Of(EtcdError.Stopped);

    public static RpcException TooMany() => Of(EtcdError.TooManyRequests);

    /// <summary>A refusal in etcd's words, which has no code of its own.</summary>
    public static RpcException Refused(string text) => new(new Status(StatusCode.Unknown, text));

    public static async Task<T> AsEtcdAsync<T>(Task<T> call)
    {
        try
        {
            return await call;
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.FailedPrecondition or StatusCode.OutOfRange)
        {
            throw Refused(e.Status.Detail);
        }
    }

    private static RpcException Of(EtcdError error) => new(new Status((StatusCode)(int)error.Code, error.Text));
}
