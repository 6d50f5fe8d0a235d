using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Server;

/// <summary>
/// One call on the server: its deadline, and the only door to its response.
/// <para>Invariant: once <see cref="isFinished"/> is set nothing more is written. It is set and read under
/// <see cref="gate"/>, since a deadline ends the call while its handler may still be writing.</para>
/// </summary>
internal sealed class HttpServerCallContext : ServerCallContext, IDisposable
{
    private static readonly StringValues StatusOk = new("0");

    /// <summary>The longest time that a timer takes; a deadline beyond it never fires.</summary>
    private static readonly TimeSpan TimerMax = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly HttpContext http;
    private readonly Lock gate = new();
    private readonly CancellationToken callerLeft;
    private CancellationTokenSource? deadlineSource;
    private CancellationTokenSource? eitherSource;
    private Metadata? requestHeaders;
    private Metadata? responseTrailers;
    private string? peer;
    private bool isDeadlineReached;
    private bool isFinished;
    private bool hasWritten;

    public HttpServerCallContext(HttpContext http, string method, TimeSpan? timeout)
    {
        this.http = http;
        Method = method;
        Deadline = DateTime.MaxValue;
        callerLeft = http.RequestAborted;
        if (timeout is { } time)
        {
            DateTime now = DateTime.UtcNow;
            Deadline = time < DateTime.MaxValue - now ? now + time : DateTime.MaxValue;
            if (time <= TimerMax)
            {
                StartDeadline(time);
            }
        }
    }

    public override string Method { get; }

    public override string Host => http.Request.Host.Value ?? "";

    public override string Peer => peer ??= DescribePeer(http.Connection);

    public override DateTime Deadline { get; }

    public override Metadata RequestHeaders => requestHeaders ??= MetadataHeaders.FromRequest(http.Request.Headers);

    public override CancellationToken CancellationToken => eitherSource?.Token ?? callerLeft;

    public override Metadata ResponseTrailers => responseTrailers ??= new Metadata();

    public override Status Status { get; set; } = Status.DefaultSuccess;

    /// <summary>Whether a deadline runs that must be answered even if the handler does not.</summary>
    public bool HasTimer => deadlineSource is not null;

    /// <summary>Whether the deadline has passed.</summary>
    public bool IsDeadlineReached => Volatile.Read(ref isDeadlineReached);

    /// <summary>Whether the caller has reset the call or lost its connection.</summary>
    public bool HasCallerLeft => callerLeft.IsCancellationRequested;

    public HttpContext Http => http;

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

            MetadataHeaders.Write(responseHeaders, http.Response.Headers);
            return http.Response.BodyWriter.FlushAsync(CancellationToken).AsTask();
        }
    }

    /// <summary>Writes a message; it leaves with the next flush, or with the end of the call.</summary>
    public void WriteMessage(IMessage message)
    {
        lock (gate)
        {
            ThrowIfFinished();
            MessageWriter.Write(http.Response.BodyWriter, message);
            hasWritten = true;
        }
    }

    /// <summary>Writes a message and sends it; done once the transport has room for the next.</summary>
    public Task SendMessageAsync(IMessage message, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            ThrowIfFinished();
            MessageWriter.Write(http.Response.BodyWriter, message);
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

    /// <summary>
    /// Ends the call with a status, in the trailers; or in the headers, if nothing was sent before an error
    /// (the protocol's "trailers-only"). False if the call had ended before.
    /// </summary>
    public bool TryFinish(Status status)
    {
        lock (gate)
        {
            if (isFinished)
            {
                return false;
            }

            isFinished = true;
            if (HasCallerLeft)
            {
                return true;
            }

            bool trailersOnly = status.StatusCode != StatusCode.OK && !hasWritten && !http.Response.HasStarted;
            IHeaderDictionary? target = trailersOnly
                ? http.Response.Headers
                : http.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
            if (target is null)
            {
                return true;
            }

            if (responseTrailers is not null)
            {
                MetadataHeaders.Write(responseTrailers, target);
            }

            WriteStatus(target, status);
            return true;
        }
    }

    /// <summary>
    /// Waits for the handler's work, or for the deadline. If the deadline comes first it is answered at
    /// once; the handler, told by its token, is still waited for, because it holds on to the call's buffers.
    /// </summary>
    public async Task AwaitWorkOrDeadlineAsync(Task work)
    {
        var deadlineReached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (deadlineSource!.Token.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), deadlineReached))
        {
            await Task.WhenAny(work, deadlineReached.Task).ConfigureAwait(false);
        }

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
        deadlineSource?.Dispose();
        eitherSource?.Dispose();
    }

    private static void WriteStatus(IHeaderDictionary target, Status status)
    {
        if (status.StatusCode == StatusCode.OK)
        {
            target[GrpcHeaders.Status] = StatusOk;
        }
        else
        {
            target[GrpcHeaders.Status] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        }

        if (status.Detail.Length > 0)
        {
            target[GrpcHeaders.Message] = PercentEncoding.Encode(status.Detail);
        }
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

    private void StartDeadline(TimeSpan time)
    {
        deadlineSource = new CancellationTokenSource();
        eitherSource = CancellationTokenSource.CreateLinkedTokenSource(callerLeft);
        deadlineSource.Token.UnsafeRegister(
            static state =>
            {
                // In this order, so that a handler's cancellation is told from a caller that left.
                var call = (HttpServerCallContext)state!;
                Volatile.Write(ref call.isDeadlineReached, true);
                call.eitherSource!.Cancel();
            },
            this);
        if (time <= TimeSpan.Zero)
        {
            deadlineSource.Cancel();
        }
        else
        {
            deadlineSource.CancelAfter(time);
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
