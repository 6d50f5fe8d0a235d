using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Server;

/// <summary>Many requests and many responses, each at its own pace.</summary>
internal sealed class DuplexStreamingMethod<TRequest, TResponse>(
    string method,
    GrpcServerOptions options,
    ILogger logger,
    MessageParser<TRequest> parser,
    Func<IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task> handler)
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
            await handler(requests, new ResponseStreamWriter<TResponse>(call), call).ConfigureAwait(false);
        }
        finally
        {
            reader.Release();
        }
    }
}
