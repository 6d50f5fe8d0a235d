using Google.Protobuf;
using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Server;

/// <summary>The requests of a call, as they come in.</summary>
internal sealed class RequestStreamReader<TRequest>(IRequestMessages reader, MessageParser<TRequest> parser, HttpServerCallContext call)
    : IAsyncStreamReader<TRequest>
    where TRequest : class, IMessage<TRequest>
{
    private TRequest? _current;

    public TRequest Current => _current ?? throw new InvalidOperationException("No message has been read.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        _current = null;
        if (!cancellationToken.CanBeCanceled || cancellationToken == call.CancellationToken)
        {
            return await ReadAsync(call.CancellationToken).ConfigureAwait(false);
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.CancellationToken);
        return await ReadAsync(either.Token).ConfigureAwait(false);
    }

    private async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await reader.ReadNextAsync(cancellationToken).ConfigureAwait(false) is not { } bytes)
            {
                return false;
            }

            _current = MessageParsing.Parse(parser, bytes);
            reader.Release();
            return true;
        }
        catch (IOException)
        {
            throw new RpcException(CallStatus.CallerLeft);
        }
    }
}
