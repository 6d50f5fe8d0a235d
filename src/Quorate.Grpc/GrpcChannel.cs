using System.Net;
using Google.Protobuf;
using Quorate.Grpc.Client;

namespace Quorate.Grpc;

/// <summary>
/// Calls the methods of one server, over HTTP/2 connections that it opens as they are needed and shares
/// among all calls. http means HTTP/2 in the clear from the first byte, https means TLS. Safe for use by
/// many threads.
/// </summary>
public sealed class GrpcChannel : IDisposable
{
    private readonly HttpMessageInvoker _invoker;
    private readonly GrpcChannelOptions _options;

    /// <summary>Makes a channel; nothing is connected before the first call.</summary>
    public GrpcChannel(Uri address, GrpcChannelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
        {
            throw new ArgumentException($"'{address}' is no address of a gRPC server: it begins with http:// or https://.", nameof(address));
        }

        Address = address;
        _options = options ?? new GrpcChannelOptions();
        _invoker = new HttpMessageInvoker(CreateHandler(_options), disposeHandler: true);
    }

    /// <summary>Where the server is.</summary>
    public Uri Address { get; }

    /// <summary>One request, one response.</summary>
    /// <exception cref="RpcException">The call ended with a status other than OK.</exception>
    public async Task<TResponse> UnaryAsync<TRequest, TResponse>(Method<TRequest, TResponse> method, TRequest request, CallOptions callOptions = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(request);
        method.RequireShape(clientStreaming: false, serverStreaming: false);
        using ClientCall<TResponse> call = Start(method, new SingleMessageContent(request), callOptions);
        return await call.ReadSingleAsync().ConfigureAwait(false);
    }

    /// <summary>One request, many responses.</summary>
    public AsyncServerStreamingCall<TResponse> ServerStreaming<TRequest, TResponse>(Method<TRequest, TResponse> method, TRequest request, CallOptions callOptions = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(request);
        method.RequireShape(clientStreaming: false, serverStreaming: true);
        return new AsyncServerStreamingCall<TResponse>(Start(method, new SingleMessageContent(request), callOptions));
    }

    /// <summary>Many requests, one response.</summary>
    public AsyncClientStreamingCall<TRequest, TResponse> ClientStreaming<TRequest, TResponse>(Method<TRequest, TResponse> method, CallOptions callOptions = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(method);
        method.RequireShape(clientStreaming: true, serverStreaming: false);
        var content = new MessageStreamContent();
        ClientCall<TResponse> call = Start(method, content, callOptions);
        return new AsyncClientStreamingCall<TRequest, TResponse>(call, new RequestStreamWriter<TRequest, TResponse>(call, content));
    }

    /// <summary>Many requests and many responses, each at its own pace.</summary>
    public AsyncDuplexStreamingCall<TRequest, TResponse> Duplex<TRequest, TResponse>(Method<TRequest, TResponse> method, CallOptions callOptions = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(method);
        method.RequireShape(clientStreaming: true, serverStreaming: true);
        var content = new MessageStreamContent();
        ClientCall<TResponse> call = Start(method, content, callOptions);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(call, new RequestStreamWriter<TRequest, TResponse>(call, content));
    }

    /// <summary>Closes the connections; calls that run end as cancelled or unavailable.</summary>
    public void Dispose() => _invoker.Dispose();

    private static SocketsHttpHandler CreateHandler(GrpcChannelOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = options.EnableMultipleHttp2Connections,
            ConnectTimeout = options.ConnectTimeout,
        };
        if (options.KeepAlivePingDelay is { } delay)
        {
            handler.KeepAlivePingDelay = delay;
            handler.KeepAlivePingTimeout = options.KeepAlivePingTimeout;
            handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
        }

        if (options.SslOptions is not null)
        {
            handler.SslOptions = options.SslOptions;
        }

        return handler;
    }

    private ClientCall<TResponse> Start<TRequest, TResponse>(Method<TRequest, TResponse> method, HttpContent content, in CallOptions callOptions)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var call = new ClientCall<TResponse>(method.ResponseParser, _options.ReceiveMessageBytesMax, callOptions);
        call.Start(_invoker, new Uri(Address, method.FullName), content, callOptions.Headers);
        return call;
    }
}
