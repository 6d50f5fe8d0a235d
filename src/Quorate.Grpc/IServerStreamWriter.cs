namespace Quorate.Grpc;

/// <summary>The messages that a server sends in one call.</summary>
/// <typeparam name="T">The type of message.</typeparam>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>;
