using Google.Protobuf;
using Quorate.Grpc.Client;

namespace Quorate.Grpc;

/// <summary>A call whose server sends many responses. Disposing it gives the call up.</summary>
/// <typeparam name="TResponse">The type of response.</typeparam>
public sealed class AsyncServerStreamingCall<TResponse> : IDisposable
    where TResponse : class, IMessage<TResponse>
{
    private readonly ClientCall<TResponse> _call;

    internal AsyncServerStreamingCall(ClientCall<TResponse> call)
    {
        _call = call;
        ResponseStream = new ResponseStreamReader<TResponse>(call);
    }

    /// <summary>The responses as they come in.</summary>
    public IAsyncStreamReader<TResponse> ResponseStream { get; }

    /// <summary>The headers that the server sent, once it has.</summary>
    public Task<Metadata> ResponseHeadersAsync => _call.ReadHeadersAsync();

    /// <summary>How the call ended; it must have.</summary>
    public Status GetStatus() => _call.FinalStatus;

    /// <summary>What came after the last message; the call must have ended.</summary>
    public Metadata GetTrailers() => _call.Trailers;

    /// <inheritdoc/>
    public void Dispose() => _call.Dispose();
}
