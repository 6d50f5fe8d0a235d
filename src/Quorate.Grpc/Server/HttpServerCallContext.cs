using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Server;

/// <summary>
/// One call on the server: its deadline, and the only door to its response.
/// <para>Invariant: once <see cref="_isFinished"/> is set nothing more is written. It is set and read under
/// <see cref="_gate"/>, since a deadline ends the call while its handler may still be writing.</para>
/// </summary>
internal sealed class HttpServerCallContext : ServerCallContext, IDisposable
{
    /// <summary>The longest time that a timer takes; a deadline beyond it never fires.</summary>
    private static readonly TimeSpan s_timerMax = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly HttpContext _http;
    private readonly CallFormat _format;
    private readonly Lock _gate = new();
    private readonly CancellationToken _callerLeft;
    private readonly CancellationToken _serverStops;
    private readonly ILogger _logger;
    private readonly CallCounter? _counter;
    private readonly Timer? _deadlineTimer;
    private readonly TaskCompletionSource? _deadlineReached;
    private readonly CancellationTokenSource? _callSource;
    private readonly CancellationToken _callToken;
    private Metadata? _requestHeaders;
    private Metadata? _responseTrailers;
    private string? _peer;
    private bool _isDeadlineReached;
    private bool _isFinished;
    private bool _hasWritten;

    public HttpServerCallContext(
        HttpContext http,
        CallFormat format,
        string method,
        TimeSpan? timeout,
        ILogger logger,
        CallCounter? counter = null,
        CancellationToken serverStops = default)
    {
        _counter = counter;
        _http = http;
        _format = format;
        _logger = logger;
        Method = method;
        Deadline = DateTime.MaxValue;
        _callerLeft = http.RequestAborted;
        _callToken = _callerLeft;
        _serverStops = serverStops;
        if (serverStops.CanBeCanceled)
        {
            _callSource = CancellationTokenSource.CreateLinkedTokenSource(_callerLeft, serverStops);
            _callToken = _callSource.Token;
        }

        if (timeout is { } time)
        {
            DateTime now = DateTime.UtcNow;
            Deadline = time < DateTime.MaxValue - now ? now + time : DateTime.MaxValue;
            if (time <= s_timerMax)
            {
                _deadlineReached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _callSource ??= CancellationTokenSource.CreateLinkedTokenSource(_callerLeft);
                _callToken = _callSource.Token;
                _deadlineTimer = new Timer(static call => ((HttpServerCallContext)call!).OnDeadline(), this, time, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public override string Method { get; }

    public override string Host => _http.Request.Host.Value ?? "";

    public override string Peer => _peer ??= DescribePeer(_http.Connection);

    public override DateTime Deadline { get; }

    public override Metadata RequestHeaders => _requestHeaders ??= _format.ReadMetadata(_http);

    public override CancellationToken CancellationToken => _callToken;

    public override Metadata ResponseTrailers => _responseTrailers ??= new Metadata();

    public override Status Status { get; set; } = Status.DefaultSuccess;

    /// <summary>Whether a deadline runs that must be answered even if the handler does not.</summary>
    public bool HasTimer => _deadlineTimer is not null;

    /// <summary>Whether the deadline has passed.</summary>
    public bool IsDeadlineReached => Volatile.Read(ref _isDeadlineReached);

    /// <summary>Whether the caller has reset the call or lost its connection.</summary>
    public bool HasCallerLeft => _callerLeft.IsCancellationRequested;

    /// <summary>Whether the server ends this call because it stops.</summary>
    public bool IsServerStopping => _serverStops.IsCancellationRequested;

    public override Task WriteResponseHeadersAsync(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        lock (_gate)
        {
            ThrowIfFinished();
            if (_http.Response.HasStarted || _hasWritten)
            {
                throw new InvalidOperationException("The headers of this call have been sent already.");
            }

            _format.WriteMetadata(_http, responseHeaders);
            return _format.SendsHeadersEarly
                ? _http.Response.BodyWriter.FlushAsync(CancellationToken).AsTask()
                : Task.CompletedTask;
        }
    }

    /// <summary>Takes the call's messages out of the request.</summary>
    public IRequestMessages OpenReader(int messageBytesMax) => _format.OpenReader(_http, messageBytesMax);

    /// <summary>Writes a message; it leaves with the next flush, or with the end of the call.</summary>
    public void WriteMessage(IMessage message)
    {
        lock (_gate)
        {
            ThrowIfFinished();
            _format.WriteMessage(_http, message);
            _hasWritten = true;
        }
    }

    /// <summary>Writes a message and sends it; done once the transport has room for the next.</summary>
    public Task SendMessageAsync(IMessage message, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ThrowIfFinished();
            _format.WriteMessage(_http, message);
            _hasWritten = true;
            ValueTask<FlushResult> flush = _http.Response.BodyWriter.FlushAsync(cancellationToken);
            if (flush.IsCompletedSuccessfully)
            {
                flush.GetAwaiter().GetResult();
                return Task.CompletedTask;
            }

            return flush.AsTask();
        }
    }

    /// <inheritdoc cref="WriteMessage(IMessage)"/>
    public void WriteMessage(IEncodedMessage message)
    {
        lock (_gate)
        {
            ThrowIfFinished();
            _format.WriteMessage(_http, message);
            _hasWritten = true;
        }
    }

    /// <summary>Sends what was written; done once the transport has room for more.</summary>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ThrowIfFinished();
            ValueTask<FlushResult> flush = _http.Response.BodyWriter.FlushAsync(cancellationToken);
            if (flush.IsCompletedSuccessfully)
            {
                flush.GetAwaiter().GetResult();
                return Task.CompletedTask;
            }

            return flush.AsTask();
        }
    }

    /// <summary>Ends the call with a status. False if the call had ended before.</summary>
    public bool TryFinish(Status status)
    {
        lock (_gate)
        {
            if (_isFinished)
            {
                return false;
            }

            _isFinished = true;
            _counter?.CountHandled(status.StatusCode);
            if (!HasCallerLeft)
            {
                _format.WriteEnd(_http, status, _responseTrailers, _hasWritten);
            }

            return true;
        }
    }

    /// <summary>
    /// Waits for the handler's work, or for the deadline. If the deadline comes first it is answered at
    /// once; the handler, told by its token, is still waited for, because it holds on to the call's buffers.
    /// </summary>
    public async Task AwaitWorkOrDeadlineAsync(Task work)
    {
        await Task.WhenAny(work, _deadlineReached!.Task).ConfigureAwait(false);
        if (!work.IsCompleted && TryFinish(CallStatus.DeadlineExceeded))
        {
            await _http.Response.CompleteAsync().ConfigureAwait(false);

            // Nothing that the client still sends is wanted: error code 0x0 is NO_ERROR.
            _http.Features.Get<IHttpResetFeature>()?.Reset(0);
        }

        await work.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _deadlineTimer?.Dispose();
        _callSource?.Dispose();
    }

    private static string DescribePeer(ConnectionInfo connection)
    {
        if (connection.RemoteIpAddress is not { } address)
        {
            return "unknown";
        }

        var endPoint = new IPEndPoint(address, connection.RemotePort);
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? $"ipv6:{endPoint}" : $"ipv4:{endPoint}";
    }

    /// <summary>
    /// Runs on the timer's thread, where nobody catches what is thrown, and perhaps after the call has ended.
    /// </summary>
    private void OnDeadline()
    {
        // In this order, so that a handler's cancellation is told from a caller that left.
        Volatile.Write(ref _isDeadlineReached, true);
        _deadlineReached!.TrySetResult();
        try
        {
            _callSource!.Cancel();
        }
        catch (ObjectDisposedException)
        {
        }
        catch (AggregateException failed)
        {
            GrpcServerLog.HandlerFailed(_logger, failed, Method);
        }
    }

    private void ThrowIfFinished()
    {
        if (_isFinished)
        {
            throw new RpcException(IsDeadlineReached
                ? CallStatus.DeadlineExceeded
                : new Status(StatusCode.Internal, "The call has ended; nothing more can be sent."));
        }
    }
}
