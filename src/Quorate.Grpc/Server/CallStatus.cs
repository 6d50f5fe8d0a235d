namespace Quorate.Grpc.Server;

/// <summary>Which status tells a client what happened to its call.</summary>
internal static class CallStatus
{
    public static readonly Status DeadlineExceeded = new(StatusCode.DeadlineExceeded, "context deadline exceeded");
    public static readonly Status ServerStops = new(StatusCode.Unavailable, "the server is stopping");
    public static readonly Status CallerLeft = new(StatusCode.Cancelled, "context canceled");

    /// <summary>
    /// The status of an exception that left a handler. What went wrong inside of the server is for its log
    /// (<paramref name="isUnexpected"/>), not for its clients.
    /// </summary>
    public static Status Of(Exception exception, HttpServerCallContext call, out bool isUnexpected)
    {
        isUnexpected = false;
        if (exception is RpcException rpc)
        {
            return rpc.StatusCode == StatusCode.OK
                ? new Status(StatusCode.Unknown, "The handler threw a status of OK.")
                : rpc.Status;
        }

        if (call.IsDeadlineReached)
        {
            return DeadlineExceeded;
        }

        if (call.HasCallerLeft)
        {
            return CallerLeft;
        }

        if (call.IsServerStopping && exception is OperationCanceledException)
        {
            return ServerStops;
        }

        isUnexpected = true;
        return new Status(StatusCode.Unknown, "An unexpected error was met by the server; its log says which.");
    }
}
