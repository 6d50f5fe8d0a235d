using Microsoft.Extensions.Logging;

namespace Quorate.Grpc.Server;

/// <summary>What the gRPC layer of a server logs: numbers 5000 and up.</summary>
internal static partial class GrpcServerLog
{
    [LoggerMessage(5000, LogLevel.Error, "The handler of {Method} failed in a way it should not.")]
    public static partial void HandlerFailed(ILogger logger, Exception exception, string method);

    [LoggerMessage(5001, LogLevel.Debug, "A call of {Method} ended with {StatusCode}: {Detail}")]
    public static partial void CallEndedWithError(ILogger logger, string method, StatusCode statusCode, string detail);

    [LoggerMessage(5002, LogLevel.Debug, "{Service} has no handler for {Method}; calls of it are answered as unimplemented.")]
    public static partial void MethodWithoutHandler(ILogger logger, string service, string method);
}
