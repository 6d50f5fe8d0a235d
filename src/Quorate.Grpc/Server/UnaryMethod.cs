using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Server;

/// <summary>One request, one response.</summary>
internal sealed class UnaryMethod<TRequest, TResponse>(
    string method,
    GrpcServerOptions options,
    ILogger logger,
    MessageParser<TRequest> parser,
    Func<TRequest, ServerCallContext, Task<TResponse>> handler)
    : ServerMethod(method, options, logger)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    protected override async Task InvokeAsync(HttpServerCallContext call)
    {
        IRequestMessages reader = OpenReader(call);
        try
        {
            TRequest request = MessageParsing.Parse(parser, await ReadSingleAsync(reader, call).ConfigureAwait(false));
            reader.Release();
            WriteSingle(call, await handler(request, call).ConfigureAwait(false));
        }
        finally
        {
            reader.Release();
        }
    }
}
