using Quorate.Etcd.Protocol;
using Quorate.Grpc;

namespace Quorate.Client.Watching;

/// <summary>One stream of watches to one member, from its opening to its end.</summary>
internal sealed class MemberWatchStream : IDisposable
{
    private static readonly WatchRequest s_signOfLife = new() { ProgressRequest = new WatchProgressRequest() };

    private readonly WatchMultiplexer _hub;
    private readonly GrpcChannel _channel;
    private readonly QuorateClientOptions _options;
    private readonly CancellationTokenSource _leaving;
    private readonly SemaphoreSlim _work = new(0, 1);
    private volatile bool _hasHeard;
    private volatile bool _isAsking;

    public MemberWatchStream(WatchMultiplexer hub, GrpcChannel channel, QuorateClientOptions options, CancellationToken stopping)
    {
        _hub = hub;
        _channel = channel;
        _options = options;
        _leaving = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    }

    /// <summary>Says that there is something to send.</summary>
    public void Wake()
    {
        try
        {
            _work.Release();
        }
        catch (SemaphoreFullException)
        {
            // It has been said already.
        }
    }

    /// <summary>Whether it has ended because the client had no more use for it: nothing is said against the member.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Gives the stream up. Never runs what waits for that.</summary>
    public void Leave() => _ = _leaving.CancelAsync();

    /// <summary>Ends the stream since it is not needed.</summary>
    public void Close()
    {
        IsClosed = true;
        Leave();
    }

    /// <summary>Carries requests and responses until the stream ends; returns why, if the member or the way to it said so.</summary>
    public async Task<RpcException?> RunAsync()
    {
        var headers = _options.RequireLeader ? StreamHeaders.RequireLeader : null;
        using AsyncDuplexStreamingCall<WatchRequest, WatchResponse> call =
            _channel.Duplex(EtcdMethods.Watch, new CallOptions(headers, Deadline: null, _leaving.Token));
        Task writing = WriteAsync(call.RequestStream);
        Task guarding = GuardAsync();
        try
        {
            while (await call.ResponseStream.MoveNext(_leaving.Token).ConfigureAwait(false))
            {
                _hasHeard = true;
                WatchResponse response = call.ResponseStream.Current;
                if (response.Header is null || response.Events.Any(happened => happened.Kv is null))
                {
                    throw new RpcException(new Status(StatusCode.Internal, "A response of a watch has no header, or an event no key."));
                }

                _hub.Receive(response, _channel.Address);
            }

            return null;
        }
        catch (RpcException failure)
        {
            return failure;
        }
        finally
        {
            await _leaving.CancelAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(false);
            await guarding.ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _leaving.Dispose();
        _work.Dispose();
    }

    private async Task WriteAsync(IClientStreamWriter<WatchRequest> requests)
    {
        try
        {
            while (true)
            {
                await _work.WaitAsync(_leaving.Token).ConfigureAwait(false);
                while (_hub.TakeRequest() is { } request)
                {
                    await requests.WriteAsync(request, _leaving.Token).ConfigureAwait(false);
                }

                if (_isAsking)
                {
                    _isAsking = false;
                    await requests.WriteAsync(s_signOfLife, _leaving.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException)
        {
            // Who reads is told why; but a stream on which nothing can be asked for is of no use, whatever it still brings.
            Leave();
        }
    }

    /// <summary>
    /// Leaves a member that says nothing: at the beginning, or when it is asked for a sign of life. On the stream itself
    /// it is asked where it owes an answer, so that a stream which is stuck is found too; else beside it.
    /// </summary>
    private async Task GuardAsync()
    {
        try
        {
            bool hasAsked = _hub.IsAnswerDue();
            while (true)
            {
                await Task.Delay(_options.WatchSilence, _options.TimeProvider, _leaving.Token).ConfigureAwait(false);
                if (_hasHeard)
                {
                    _hasHeard = false;
                    hasAsked = false;
                }
                else if (hasAsked)
                {
                    Leave();
                }
                else if (_hub.IsAnswerDue())
                {
                    hasAsked = true;
                    _isAsking = true;
                    Wake();
                }
                else if (!await IsThereAsync().ConfigureAwait(false))
                {
                    Leave();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The stream has ended.
        }
    }

    /// <summary>Whether the member answers a question that every member answers, whatever state its cluster is in.</summary>
    private async Task<bool> IsThereAsync()
    {
        using var patience = new CancellationTokenSource(_options.WatchSilence, _options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _leaving.Token);
        try
        {
            await _channel.UnaryAsync(EtcdMethods.Status, new StatusRequest(), new CallOptions(null, Deadline: null, either.Token)).ConfigureAwait(false);
            return true;
        }
        catch (RpcException failure)
        {
            return FailureKind.IsAnswer(failure);
        }
    }
}
