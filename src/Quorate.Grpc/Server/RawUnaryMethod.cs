using System.Buffers;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Server;

/// <summary>One request, handed over as the bytes that came in, and one response.</summary>
internal sealed class RawUnaryMethod<TResponse>(
    string method,
    GrpcServerOptions options,
    ILogger logger,
    Func<ReadOnlySequence<byte>, ServerCallContext, Task<TResponse>> handler)
    : ServerMethod(method, options, logger)
    where TResponse : class, IMessage
{
    protected override async Task InvokeAsync(HttpServerCallContext call)
    {
        IRequestMessages reader = OpenReader(call);
        try
        {
            // The bytes stay in the pipe's buffers, and the handler's, until it has answered.
            ReadOnlySequence<byte> request = await ReadSingleAsync(reader, call).ConfigureAwait(false);
            WriteSingle(call, await handler(request, call).ConfigureAwait(false));
        }
        catch (InvalidProtocolBufferException malformed)
        {
            throw WireErrors.Unparsable(malformed);
        }
        finally
        {
            reader.Release();
        }
    }
}
