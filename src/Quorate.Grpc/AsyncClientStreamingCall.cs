using Google.Protobuf;
using Quorate.Grpc.Client;

namespace Quorate.Grpc;

/// <summary>A call whose client sends many requests. Disposing it gives the call up.</summary>
/// <typeparam name="TRequest">The type of request.</typeparam>
/// <typeparam name="TResponse">The type of response.</typeparam>
public sealed class AsyncClientStreamingCall<TRequest, TResponse> : IDisposable
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly ClientCall<TResponse> _call;

    internal AsyncClientStreamingCall(ClientCall<TResponse> call, IClientStreamWriter<TRequest> requestStream)
    {
        _call = call;
        RequestStream = requestStream;
        ResponseAsync = call.ReadSingleAsync();
    }

    /// <summary>Where the requests go.</summary>
    public IClientStreamWriter<TRequest> RequestStream { get; }

    /// <summary>The response.</summary>
    public Task<TResponse> ResponseAsync { get; }

    /// <summary>How the call ended; it must have.</summary>
    public Status GetStatus() => _call.FinalStatus;

    /// <summary>What came after the response; the call must have ended.</summary>
    public Metadata GetTrailers() => _call.Trailers;

    /// <inheritdoc/>
    public void Dispose() => _call.Dispose();
}
