using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Server;

/// <summary>Many requests, one response.</summary>
internal sealed class ClientStreamingMethod<TRequest, TResponse>(
    string method,
    GrpcServerOptions options,
    ILogger logger,
    MessageParser<TRequest> parser,
    Func<IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>> handler)
    : ServerMethod(method, options, logger)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    protected override bool IsClientStreaming => true;

    protected override async Task InvokeAsync(HttpServerCallContext call)
    {
        IRequestMessages reader = OpenReader(call);
        try
        {
            var requests = new RequestStreamReader<TRequest>(reader, parser, call);
            WriteSingle(call, await handler(requests, call).ConfigureAwait(false));
        }
        finally
        {
            reader.Release();
        }
    }
}
