namespace Quorate.Grpc;

/// <summary>The messages that a client sends in one call.</summary>
/// <typeparam name="T">The type of message.</typeparam>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Says that no more messages follow.</summary>
    Task CompleteAsync();
}
