using System.IO.Pipelines;
using System.Net;
using Google.Protobuf;
using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Client;

/// <summary>
/// One call on the client: sends the request, reads the responses, and turns every way in which it can end
/// into a status. Whoever reads is one at a time; who writes may run beside.
/// </summary>
internal sealed class ClientCall<TResponse> : IDisposable
    where TResponse : class, IMessage<TResponse>
{
    /// <summary>The longest time that a timer takes; a deadline beyond it is kept by the server alone.</summary>
    private static readonly TimeSpan s_timerMax = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly MessageParser<TResponse> _parser;
    private readonly int _receiveMessageBytesMax;
    private readonly TimeSpan? _timeout;
    private readonly CancellationTokenSource? _deadlineSource;
    private readonly CancellationTokenSource _callSource;
    private readonly CancellationToken _callToken;

    /// <summary>Held by who takes bytes out of the response: the reader, or a writer whose write has failed.</summary>
    private readonly SemaphoreSlim _reading = new(1);
    private Task<MessageReader?>? _opening;
    private HttpResponseMessage? _response;
    private RpcException? _failure;
    private Metadata? _trailers;
    private bool _hasEnded;

    public ClientCall(MessageParser<TResponse> parser, int receiveMessageBytesMax, in CallOptions options)
    {
        _parser = parser;
        _receiveMessageBytesMax = receiveMessageBytesMax;
        CancellationToken deadlineToken = CancellationToken.None;
        if (options.Deadline is { } deadline && deadline != DateTime.MaxValue)
        {
            TimeSpan left = deadline.ToUniversalTime() - DateTime.UtcNow;
            _timeout = left > TimeSpan.Zero ? left : TimeSpan.Zero;
            if (_timeout <= s_timerMax)
            {
                _deadlineSource = new CancellationTokenSource(_timeout.Value);
                deadlineToken = _deadlineSource.Token;
            }
        }

        _callSource = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken, deadlineToken);
        _callToken = _callSource.Token;
    }

    /// <summary>How the call ended; it must have.</summary>
    public Status FinalStatus
    {
        get
        {
            RequireEnded();
            return _failure?.Status ?? Status.DefaultSuccess;
        }
    }

    /// <summary>What came after the last message; the call must have ended.</summary>
    public Metadata Trailers
    {
        get
        {
            RequireEnded();
            return _trailers ?? Metadata.Empty;
        }
    }

    /// <summary>Sends the request. Never throws: what goes wrong is told to who reads.</summary>
    public void Start(HttpMessageInvoker invoker, Uri address, HttpContent content, Metadata? headers)
    {
        _opening = OpenAsync(invoker, address, content, headers);
    }

    /// <summary>The headers that the server sent, once it has.</summary>
    public async Task<Metadata> ReadHeadersAsync()
    {
        try
        {
            await _opening!.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            throw End(exception);
        }

        return ResponseStatus.ReadMetadata(_response!.Headers);
    }

    /// <summary>Reads the next message; null once the server has ended the call well.</summary>
    public async Task<TResponse?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_hasEnded)
        {
            return _failure is null ? null : throw _failure;
        }

        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static state => ((ClientCall<TResponse>)state!).GiveUp(),
            this);
        bool isReading = false;
        try
        {
            // Not for long: a writer that holds it ends with the call.
            await _reading.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            isReading = true;
            MessageReader? reader = await _opening!.ConfigureAwait(false);
            if (reader is not null && await ReadMessageAsync(reader).ConfigureAwait(false) is { } message)
            {
                return message;
            }

            _trailers = ReadTrailers(reader);
            Status status = ResponseStatus.Read(_response!);
            if (status.StatusCode != StatusCode.OK)
            {
                throw new RpcException(status, _trailers);
            }

            _hasEnded = true;
            return null;
        }
        catch (Exception exception)
        {
            throw End(exception);
        }
        finally
        {
            if (isReading)
            {
                _reading.Release();
            }
        }
    }

    /// <summary>Reads the one message of a shape that has one, and how the call ended.</summary>
    public async Task<TResponse> ReadSingleAsync()
    {
        TResponse message = await ReadAsync(CancellationToken.None).ConfigureAwait(false) ?? throw End(WireErrors.NoMessage());
        return await ReadAsync(CancellationToken.None).ConfigureAwait(false) is null
            ? message
            : throw End(WireErrors.MoreThanOneMessage());
    }

    /// <summary>Sends one of many requests.</summary>
    public async Task WriteAsync(MessageStreamContent content, IMessage message, CancellationToken cancellationToken)
    {
        try
        {
            if (!cancellationToken.CanBeCanceled)
            {
                await content.WriteAsync(message, _callToken).ConfigureAwait(false);
                return;
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _callToken);
            await content.WriteAsync(message, either.Token).ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested && !_callToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "The write was cancelled by the client."));
        }
        catch (Exception exception)
        {
            throw await EndOfCallAsync(exception).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        GiveUp();
        _response?.Dispose();
        _deadlineSource?.Dispose();
        _callSource.Dispose();
    }

    /// <summary>
    /// How the call ended that a write found ended. HTTP tells the writer no more than that nobody takes its bytes:
    /// a server that ends a call early says why in its answer, after the messages that the reader may not have taken
    /// yet. Those are left for it; what can wait there is bounded by the window of HTTP/2, as the server sends no more.
    /// </summary>
    private async Task<RpcException> EndOfCallAsync(Exception exception)
    {
        bool isOfTransport = exception is OperationCanceledException or IOException or HttpRequestException or ObjectDisposedException;
        if (_failure is not null || !isOfTransport || _callToken.IsCancellationRequested)
        {
            return _failure ?? Translate(exception);
        }

        bool isReading = false;
        try
        {
            await _reading.WaitAsync(_callToken).ConfigureAwait(false);
            isReading = true;
            MessageReader? reader = await _opening!.ConfigureAwait(false);
            if (reader is not null && !_hasEnded)
            {
                await reader.BufferToEndAsync(_callToken).ConfigureAwait(false);
            }

            return _failure ?? new RpcException(ResponseStatus.Read(_response!), ReadTrailers(reader), exception);
        }
        catch (Exception error)
        {
            return _failure ?? Translate(error);
        }
        finally
        {
            if (isReading)
            {
                _reading.Release();
            }
        }
    }

    private Metadata ReadTrailers(MessageReader? reader) =>
        ResponseStatus.ReadMetadata(reader is null ? _response!.Headers : _response!.TrailingHeaders);

    private async Task<MessageReader?> OpenAsync(HttpMessageInvoker invoker, Uri address, HttpContent content, Metadata? headers)
    {
        if (_timeout == TimeSpan.Zero)
        {
            throw new RpcException(ClientStatus.DeadlineExceeded) { NeverProcessed = true };
        }

        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation("user-agent", "grpc-dotnet-quorate");
        request.Headers.TryAddWithoutValidation(GrpcHeaders.AcceptEncoding, GrpcHeaders.AcceptedEncodings);
        if (_timeout is { } time)
        {
            request.Headers.TryAddWithoutValidation(GrpcHeaders.Timeout, GrpcTimeout.Format(time));
        }

        foreach (Metadata.Entry entry in headers ?? Metadata.Empty)
        {
            if (!GrpcHeaders.IsReserved(entry.Key))
            {
                request.Headers.TryAddWithoutValidation(entry.Key, MetadataValues.ToHeader(entry));
            }
        }

        try
        {
            _response = await invoker.SendAsync(request, _callToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            (content as MessageStreamContent)?.Abandon(exception);
            throw;
        }

        if (ResponseStatus.IsHeadersOnly(_response))
        {
            return null;
        }

        Stream body = await _response.Content.ReadAsStreamAsync(_callToken).ConfigureAwait(false);
        string? encoding = ResponseStatus.FirstValue(_response.Headers, GrpcHeaders.Encoding);
        return new MessageReader(PipeReader.Create(body), _receiveMessageBytesMax, encoding);
    }

    private async ValueTask<TResponse?> ReadMessageAsync(MessageReader reader)
    {
        try
        {
            if (await reader.ReadNextAsync(_callToken).ConfigureAwait(false) is not { } bytes)
            {
                return null;
            }

            TResponse message = MessageParsing.Parse(_parser, bytes);
            reader.Release();
            return message;
        }
        catch (RpcException unreadable)
        {
            // Said so that nobody takes it for the server's refusal: the server has done its work.
            throw new RpcException(
                new Status(unreadable.StatusCode, $"The answer cannot be read: {unreadable.Status.Detail}"),
                Metadata.Empty,
                unreadable);
        }
    }

    /// <summary>Keeps how the call ended, for good, and gives up what is left of it.</summary>
    private RpcException End(Exception exception)
    {
        if (!_hasEnded || _failure is null)
        {
            _failure = Translate(exception);
            _hasEnded = true;
            GiveUp();
        }

        return _failure;
    }

    private void GiveUp()
    {
        try
        {
            _callSource.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Disposed meanwhile, which gives the call up as well.
        }
    }

    private RpcException Translate(Exception exception)
    {
        if (exception is RpcException rpc)
        {
            return rpc;
        }

        if (_deadlineSource is { IsCancellationRequested: true })
        {
            return new RpcException(ClientStatus.DeadlineExceeded, Metadata.Empty, exception);
        }

        if (_callToken.IsCancellationRequested)
        {
            return new RpcException(new Status(StatusCode.Cancelled, "The call was cancelled by the client."), Metadata.Empty, exception);
        }

        return ClientStatus.OfTransport(exception);
    }

    private void RequireEnded()
    {
        if (!_hasEnded)
        {
            throw new InvalidOperationException("The call has not ended.");
        }
    }
}
