using Google.Protobuf;
using Quorate.Grpc.Client;

namespace Quorate.Grpc;

/// <summary>A call in which both sides send many messages. Disposing it gives the call up.</summary>
/// <typeparam name="TRequest">The type of request.</typeparam>
/// <typeparam name="TResponse">The type of response.</typeparam>
public sealed class AsyncDuplexStreamingCall<TRequest, TResponse> : IDisposable
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly ClientCall<TResponse> _call;

    internal AsyncDuplexStreamingCall(ClientCall<TResponse> call, IClientStreamWriter<TRequest> requestStream)
    {
        _call = call;
        RequestStream = requestStream;
        ResponseStream = new ResponseStreamReader<TResponse>(call);
    }

    /// <summary>Where the requests go.</summary>
    public IClientStreamWriter<TRequest> RequestStream { get; }

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
