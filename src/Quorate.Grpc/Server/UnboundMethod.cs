using Microsoft.Extensions.Logging;

namespace Quorate.Grpc.Server;

/// <summary>A method of the descriptor that the service does not have.</summary>
internal sealed class UnboundMethod(string method, GrpcServerOptions options, ILogger logger, string text)
    : ServerMethod(method, options, logger)
{
    protected override Task InvokeAsync(HttpServerCallContext call) =>
        throw new RpcException(new Status(StatusCode.Unimplemented, text));
}
