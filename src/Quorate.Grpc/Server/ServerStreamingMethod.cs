using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Server;

/// <summary>One request, many responses.</summary>
internal sealed class ServerStreamingMethod<TRequest, TResponse>(
    string method,
    GrpcServerOptions options,
    ILogger logger,
    MessageParser<TRequest> parser,
    Func<TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task> handler)
    : ServerMethod(method, options, logger)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    protected override bool IsStreaming => true;

    protected override async Task InvokeAsync(HttpServerCallContext call)
    {
        IRequestMessages reader = OpenReader(call);
        TRequest request;
        try
        {
            request = MessageParsing.Parse(parser, await ReadSingleAsync(reader, call).ConfigureAwait(false));
        }
        finally
        {
            reader.Release();
        }

        await handler(request, new ResponseStreamWriter<TResponse>(call), call).ConfigureAwait(false);
    }
}
