namespace Quorate.Grpc;

/// <summary>Messages that leave one after another. One write at a time.</summary>
/// <typeparam name="T">The type of message.</typeparam>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>Sends a message; done once the transport has taken it, so that a slow reader slows the writer.</summary>
    Task WriteAsync(T message);

    /// <summary>Sends a message, waiting for the transport no longer than the token allows.</summary>
    Task WriteAsync(T message, CancellationToken cancellationToken);
}
