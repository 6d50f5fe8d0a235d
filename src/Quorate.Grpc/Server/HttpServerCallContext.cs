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
/// <para>Invariant: once <see cref="isFinished"/> is set nothing more is written. It is set and read under
/// <see cref="gate"/>, since a deadline ends the call while its handler may still be writing.</para>
/// </summary>
internal sealed class HttpServerCallContext : ServerCallContext, IDisposable
{
    /// <summary>The longest time that a timer takes; a deadline beyond it never fires.</summary>
    private static readonly TimeSpan TimerMax = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly HttpContext http;
    private readonly CallFormat format;
    private readonly Lock gate = new();
    private readonly CancellationToken callerLeft;
    private readonly CancellationToken serverStops;
    private readonly ILogger logger;
    private readonly CallCounter? counter;
    private readonly Timer? deadlineTimer;
    private readonly TaskCompletionSource? deadlineReached;
    private readonly CancellationTokenSource? callSource;
    private readonly CancellationToken callToken;
    private Metadata? requestHeaders;
    private Metadata? responseTrailers;
    private string? peer;
    private bool isDeadlineReached;
    private bool isFinished;
    private bool hasWritten;

    public HttpServerCallContext(
        HttpContext http,
        CallFormat format,
        string method,
        TimeSpan? timeout,
        ILogger logger,
        CallCounter? counter = null,
        CancellationToken serverStops = default)
    {
        this.counter = counter;
        this.http = http;
        this.format = format;
        this.logger = logger;
        Method = method;
        Deadline = DateTime.MaxValue;
        callerLeft = http.RequestAborted;
        callToken = callerLeft;
        this.serverStops = serverStops;
        if (serverStops.CanBeCanceled)
        {
            callSource = CancellationTokenSource.CreateLinkedTokenSource(callerLeft, serverStops);
            callToken = callSource.Token;
        }

        if (timeout is { } time)
        {
            DateTime now = DateTime.UtcNow;
            Deadline = time < DateTime.MaxValue - now ? now + time : DateTime.MaxValue;
            if (time <= TimerMax)
            {
                deadlineReached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                callSource ??= CancellationTokenSource.CreateLinkedTokenSource(callerLeft);
                callToken = callSource.Token;
                deadlineTimer = new Timer(static call => ((HttpServerCallContext)call!).OnDeadline(), this, time, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public override string Method { get; }

    public override string Host => http.Request.Host.Value ?? "";

    public override string Peer => peer ??= DescribePeer(http.Connection);

    public override DateTime Deadline { get; }

    public override Metadata RequestHeaders => requestHeaders ??= format.ReadMetadata(http);

    public override CancellationToken CancellationToken => callToken;

    public override Metadata ResponseTrailers => responseTrailers ??= new Metadata();

    public override Status Status { get; set; } = Status.DefaultSuccess;

    /// <summary>Whether a deadline runs that must be answered even if the handler does not.</summary>
    public bool HasTimer => deadlineTimer is not null;

    /// <summary>Whether the deadline has passed.</summary>
    public bool IsDeadlineReached => Volatile.Read(ref isDeadlineReached);

    /// <summary>Whether the caller has reset the call or lost its connection.</summary>
    public bool HasCallerLeft => callerLeft.IsCancellationRequested;

    /// <summary>Whether the server ends this call because it stops.</summary>
    public bool IsServerStopping => serverStops.IsCancellationRequested;

    public override Task WriteResponseHeadersAsync(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        lock (gate)
        {
            ThrowIfFinished();
            if (http.Response.HasStarted || hasWritten)
            {
                throw new InvalidOperationException("The headers of this call have been sent already.");
            }

            format.WriteMetadata(http, responseHeaders);
            return format.SendsHeadersEarly
                ? http.Response.BodyWriter.FlushAsync(CancellationToken).AsTask()
                : Task.CompletedTask;
        }
    }

    /// <summary>Takes the call's messages out of the request.</summary>
    public IRequestMessages OpenReader(int messageBytesMax) => format.OpenReader(http, messageBytesMax);

    /// <summary>Writes a message; it leaves with the next flush, or with the end of the call.</summary>
    public void WriteMessage(IMessage message)
    {
        lock (gate)
        {
            ThrowIfFinished();
            format.WriteMessage(http, message);
            hasWritten = true;
        }
    }

    /// <summary>Writes a message and sends it; done once the transport has room for the next.</summary>
    public Task SendMessageAsync(IMessage message, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            ThrowIfFinished();
            format.WriteMessage(http, message);
            hasWritten = true;
            ValueTask<FlushResult> flush = http.Response.BodyWriter.FlushAsync(cancellationToken);
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
        lock (gate)
        {
            ThrowIfFinished();
            format.WriteMessage(http, message);
            hasWritten = true;
        }
    }

    /// <summary>Sends what was written; done once the transport has room for more.</summary>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            ThrowIfFinished();
            ValueTask<FlushResult> flush = http.Response.BodyWriter.FlushAsync(cancellationToken);
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
        lock (gate)
        {
            if (isFinished)
            {
                return false;
            }

            isFinished = true;
            counter?.CountHandled(status.StatusCode);
            if (!HasCallerLeft)
            {
                format.WriteEnd(http, status, responseTrailers, hasWritten);
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
        await Task.WhenAny(work, deadlineReached!.Task).ConfigureAwait(false);
        if (!work.IsCompleted && TryFinish(CallStatus.DeadlineExceeded))
        {
            await http.Response.CompleteAsync().ConfigureAwait(false);

            // Nothing that the client still sends is wanted: error code 0x0 is NO_ERROR.
            http.Features.Get<IHttpResetFeature>()?.Reset(0);
        }

        await work.ConfigureAwait(false);
    }

    public void Dispose()
    {
        deadlineTimer?.Dispose();
        callSource?.Dispose();
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
        Volatile.Write(ref isDeadlineReached, true);
        deadlineReached!.TrySetResult();
        try
        {
            callSource!.Cancel();
        }
        catch (ObjectDisposedException)
        {
        }
        catch (AggregateException failed)
        {
            GrpcServerLog.HandlerFailed(logger, failed, Method);
        }
    }

    private void ThrowIfFinished()
    {
        if (isFinished)
        {
            throw new RpcException(IsDeadlineReached
                ? CallStatus.DeadlineExceeded
                : new Status(StatusCode.Internal, "The call has ended; nothing more can be sent."));
        }
    }
}
