using Google.Protobuf;

namespace Quorate.Grpc.Server;

/// <summary>The responses of a call, each sent at once.</summary>
internal sealed class ResponseStreamWriter<TResponse>(HttpServerCallContext call) : IServerStreamWriter<TResponse>
    where TResponse : class, IMessage<TResponse>
{
    private Task pending = Task.CompletedTask;

    public Task WriteAsync(TResponse message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TResponse message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!pending.IsCompleted)
        {
            throw new InvalidOperationException("A write is under way; only one at a time.");
        }

        call.CancellationToken.ThrowIfCancellationRequested();
        if (!cancellationToken.CanBeCanceled || cancellationToken == call.CancellationToken)
        {
            pending = call.SendMessageAsync(message, call.CancellationToken);
            await pending.ConfigureAwait(false);
            return;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.CancellationToken);
        pending = call.SendMessageAsync(message, either.Token);
        await pending.ConfigureAwait(false);
    }
}
