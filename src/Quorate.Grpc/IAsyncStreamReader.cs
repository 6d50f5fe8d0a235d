namespace Quorate.Grpc;

/// <summary>Messages that arrive one after another. One reader at a time.</summary>
/// <typeparam name="T">The type of message.</typeparam>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message that the last successful <see cref="MoveNext"/> read.</summary>
    T Current { get; }

    /// <summary>Waits for the next message; false once the other side has ended its stream.</summary>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}
