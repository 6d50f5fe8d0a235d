using Google.Protobuf;

namespace Quorate.Grpc.Client;

/// <summary>The requests of a call, each sent at once.</summary>
internal sealed class RequestStreamWriter<TRequest, TResponse>(ClientCall<TResponse> call, MessageStreamContent content)
    : IClientStreamWriter<TRequest>
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private Task _pending = Task.CompletedTask;
    private bool _isCompleted;

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (_isCompleted)
        {
            throw new InvalidOperationException("The stream of requests has been completed.");
        }

        if (!_pending.IsCompleted)
        {
            throw new InvalidOperationException("A write is under way; only one at a time.");
        }

        _pending = call.WriteAsync(content, message, cancellationToken);
        return _pending;
    }

    public Task CompleteAsync()
    {
        _isCompleted = true;
        content.Complete();
        return Task.CompletedTask;
    }
}
