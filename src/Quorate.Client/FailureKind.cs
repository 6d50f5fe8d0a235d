using Quorate.Grpc;

namespace Quorate.Client;

/// <summary>
/// What a failed attempt says about the operation: whether it may be tried again, and whether a write is
/// certainly not carried out. Refuses by default: what is not known to be certain is not.
/// </summary>
internal static class FailureKind
{
    private const string NoLeader = "etcdserver: no leader";
    private const string LeaderChanged = "etcdserver: leader changed";
    private const string NotLeader = "etcdserver: not leader";
    private const string TooManyRequests = "etcdserver: too many requests";
    private const string MessageTooLargePrefix = "grpc: received message larger than max";

    /// <summary>Whether the write that ended so certainly has no effect, now or later.</summary>
    public static bool IsCertainlyNotCarriedOut(RpcException failure)
    {
        if (failure.NeverProcessed)
        {
            return true;
        }

        string text = failure.Status.Detail;
        return failure.StatusCode switch
        {
            // The server looked at the request and refused it.
            StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.AlreadyExists or StatusCode.FailedPrecondition
                or StatusCode.OutOfRange or StatusCode.Unimplemented or StatusCode.PermissionDenied or StatusCode.Unauthenticated => true,

            // Said before the request is taken; what else exhausts a resource may have done so on the way back. A store that
            // is full says nothing of the write: etcd carries out the one during which it finds its quota exceeded.
            StatusCode.ResourceExhausted => text == TooManyRequests || text.StartsWith(MessageTooLargePrefix, StringComparison.Ordinal),

            // Said before the request is taken; every other way to be unavailable may come after it.
            StatusCode.Unavailable => text is NoLeader or LeaderChanged,
            _ => false,
        };
    }

    /// <summary>Whether the server said so itself: it is there, whatever it thinks of the request.</summary>
    public static bool IsAnswer(RpcException failure) =>
        failure.InnerException is null && failure.StatusCode is not (StatusCode.DeadlineExceeded or StatusCode.Cancelled);

    /// <summary>Whether another attempt, perhaps elsewhere, may go better. Whether it is safe is another question.</summary>
    public static bool IsPassing(RpcException failure)
    {
        return failure.StatusCode switch
        {
            // An attempt may reach its deadline where the operation has not reached its own.
            StatusCode.Unavailable or StatusCode.DeadlineExceeded => true,
            StatusCode.ResourceExhausted => failure.Status.Detail == TooManyRequests,
            _ => failure.NeverProcessed,
        };
    }

    /// <summary>Whether a stream that ended so will end so everywhere.</summary>
    public static bool IsForGood(RpcException failure) => failure.StatusCode
        is StatusCode.InvalidArgument or StatusCode.Unimplemented or StatusCode.PermissionDenied or StatusCode.Unauthenticated;

    /// <summary>Whether only another member can do it.</summary>
    public static bool IsNotLeader(RpcException failure) => failure.Status.Detail == NotLeader;
}
