using Google.Protobuf;

namespace Quorate.Grpc.Server;

/// <summary>The responses of a call, each sent at once.</summary>
internal sealed class ResponseStreamWriter<TResponse>(HttpServerCallContext call) : IServerStreamWriter<TResponse>
    where TResponse : class, IMessage<TResponse>
{
    private Task _pending = Task.CompletedTask;

    public Task WriteAsync(TResponse message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TResponse message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!_pending.IsCompleted)
        {
            throw new InvalidOperationException("A write is under way; only one at a time.");
        }

        call.CancellationToken.ThrowIfCancellationRequested();
        if (!cancellationToken.CanBeCanceled || cancellationToken == call.CancellationToken)
        {
            _pending = call.SendMessageAsync(message, call.CancellationToken);
            await _pending.ConfigureAwait(false);
            return;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.CancellationToken);
        _pending = call.SendMessageAsync(message, either.Token);
        await _pending.ConfigureAwait(false);
    }
}
