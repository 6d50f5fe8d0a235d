using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Server;

/// <summary>Many requests, and many responses that the handler encodes itself.</summary>
internal sealed class EncodedDuplexMethod<TRequest>(
    string method,
    GrpcServerOptions options,
    ILogger logger,
    MessageParser<TRequest> parser,
    Func<IAsyncStreamReader<TRequest>, IEncodedStreamWriter, ServerCallContext, Task> handler)
    : ServerMethod(method, options, logger)
    where TRequest : class, IMessage<TRequest>
{
    protected override bool IsClientStreaming => true;

    protected override async Task InvokeAsync(HttpServerCallContext call)
    {
        IRequestMessages reader = OpenReader(call);
        try
        {
            await handler(new RequestStreamReader<TRequest>(reader, parser, call), new EncodedStreamWriter(call), call).ConfigureAwait(false);
        }
        finally
        {
            reader.Release();
        }
    }
}
