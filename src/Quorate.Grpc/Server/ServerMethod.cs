using System.Buffers;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Server;

/// <summary>
/// One method of a service, whatever its shape: checks the request, runs the handler against the deadline,
/// and turns every way in which it can end into a status. A call that goes wrong harms no other.
/// </summary>
internal abstract class ServerMethod(string method, GrpcServerOptions options, ILogger logger)
{
    /// <summary>The full name, as <c>/package.Service/Method</c>.</summary>
    public string Method { get; } = method;

    /// <summary>Where its calls are counted; null where nobody counts.</summary>
    public CallCounter? Counter { get; set; }

    /// <summary>Cancelled when the server begins to stop, which would wait for streams that nobody ends.</summary>
    public CancellationToken Stopping { get; set; }

    /// <summary>Whether a call has no end of its own.</summary>
    protected virtual bool IsStreaming => IsClientStreaming;

    /// <summary>Whether requests go on as long as the client likes, so that no rate can be asked of them.</summary>
    protected virtual bool IsClientStreaming => false;

    /// <summary>Answers one request of gRPC.</summary>
    public Task HandleAsync(HttpContext http) =>
        RequestCheck.IsGrpcCall(http) ? HandleAsync(http, GrpcCallFormat.Instance) : Task.CompletedTask;

    /// <summary>Answers one request, which is known to be of this format.</summary>
    public Task HandleAsync(HttpContext http, CallFormat format)
    {
        Counter?.CountStarted();
        format.BeginResponse(http);
        TimeSpan? timeout = null;
        string? timeoutHeader = http.Request.Headers[GrpcHeaders.Timeout];
        if (timeoutHeader is not null)
        {
            if (!GrpcTimeout.TryParse(timeoutHeader, out TimeSpan parsed))
            {
                return Refuse(http, format, format.MalformedTimeout(timeoutHeader));
            }

            if (parsed == TimeSpan.Zero)
            {
                return Refuse(http, format, CallStatus.DeadlineExceeded);
            }

            timeout = parsed;
        }

        if (IsClientStreaming)
        {
            LiftBodyLimits(http);
        }

        return RunAsync(new HttpServerCallContext(http, format, Method, timeout, logger, Counter, IsStreaming ? Stopping : CancellationToken.None));
    }

    /// <summary>Reads what the shape reads, calls the handler and writes what the shape writes.</summary>
    protected abstract Task InvokeAsync(HttpServerCallContext call);

    /// <summary>Takes the call's messages out of the request.</summary>
    protected IRequestMessages OpenReader(HttpServerCallContext call) => call.OpenReader(options.ReceiveMessageBytesMax);

    /// <summary>Reads the one request of a shape that has one.</summary>
    protected static async ValueTask<ReadOnlySequence<byte>> ReadSingleAsync(IRequestMessages reader, HttpServerCallContext call)
    {
        try
        {
            return await reader.ReadSingleAsync(call.CancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            throw new RpcException(CallStatus.CallerLeft);
        }
    }

    /// <summary>Writes the one response of a shape that has one, unless the handler chose an error.</summary>
    protected static void WriteSingle(HttpServerCallContext call, IMessage? response)
    {
        if (call.Status.StatusCode != StatusCode.OK)
        {
            return;
        }

        if (response is null)
        {
            throw new InvalidOperationException($"The handler of {call.Method} returned no message.");
        }

        call.WriteMessage(response);
    }

    /// <summary>Ends a call that its handler shall not see.</summary>
    private Task Refuse(HttpContext http, CallFormat format, Status status)
    {
        using var call = new HttpServerCallContext(http, format, Method, timeout: null, logger, Counter);
        call.TryFinish(status);
        return Task.CompletedTask;
    }

    private static void LiftBodyLimits(HttpContext http)
    {
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }
    }

    private async Task RunAsync(HttpServerCallContext call)
    {
        try
        {
            Task work = InvokeAsync(call);
            if (call.HasTimer && !work.IsCompleted)
            {
                await call.AwaitWorkOrDeadlineAsync(work).ConfigureAwait(false);
            }
            else
            {
                await work.ConfigureAwait(false);
            }

            call.TryFinish(call.Status);
        }
        catch (Exception exception)
        {
            Status status = CallStatus.Of(exception, call, out bool isUnexpected);
            if (isUnexpected)
            {
                GrpcServerLog.HandlerFailed(logger, exception, Method);
            }
            else
            {
                GrpcServerLog.CallEndedWithError(logger, Method, status.StatusCode, status.Detail);
            }

            if (exception is RpcException rpc)
            {
                foreach (Metadata.Entry entry in rpc.Trailers)
                {
                    call.ResponseTrailers.Add(entry);
                }
            }

            call.TryFinish(status);
        }
        finally
        {
            call.Dispose();
        }
    }
}
