using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Grpc;

namespace Quorate.Client;

/// <summary>
/// Carries out one operation with as many attempts as are safe (spec W2): a read may always be tried again,
/// a write only after an attempt that certainly was not carried out.
/// </summary>
internal sealed class RetryingCaller(EndpointBalancer balancer, QuorateClientOptions options)
{
    /// <summary>Carries out a call of one request and one response.</summary>
    public Task<TResponse> CallAsync<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        TRequest request,
        bool isRead,
        CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        AttemptAsync((channel, callOptions) => channel.UnaryAsync(method, request, callOptions), isRead, cancellationToken);

    /// <summary>Carries out what one attempt at an endpoint does; <paramref name="isRead"/>: or anything else that twice does no harm.</summary>
    public async Task<TResponse> AttemptAsync<TResponse>(
        Func<GrpcChannel, CallOptions, Task<TResponse>> attemptOnce, bool isRead, CancellationToken cancellationToken)
    {
        DateTime deadline = DateTime.UtcNow + options.Timeout;
        TimeSpan pause = options.RetryPause;
        int notLeaders = 0;
        RpcException? unreachable = null;
        for (int attempt = 1; ; attempt++)
        {
            (int index, unreachable) = await FindAnsweringAsync(isRead, unreachable, deadline, cancellationToken).ConfigureAwait(false);
            GrpcChannel channel = balancer[index];
            DateTime attemptDeadline = isRead && balancer.Count > 1
                ? Earlier(deadline, DateTime.UtcNow + options.ReadAttemptTimeout)
                : deadline;
            try
            {
                if (unreachable is not null)
                {
                    throw unreachable;
                }

                TResponse response = await attemptOnce(channel, new CallOptions(null, attemptDeadline, cancellationToken)).ConfigureAwait(false);
                balancer.Heard(index, hasAnswered: true);
                return response;
            }
            catch (RpcException failure)
            {
                cancellationToken.ThrowIfCancellationRequested();
                balancer.Heard(index, IsAnswer(failure));
                bool isLostAmongFollowers = FailureKind.IsNotLeader(failure) && ++notLeaders < balancer.Count;
                bool isSafe = isRead || FailureKind.IsCertainlyNotCarriedOut(failure);
                bool isWorthIt = FailureKind.IsPassing(failure) || isLostAmongFollowers;
                if (isWorthIt)
                {
                    // Even if this operation ends here: the next one is better off elsewhere.
                    balancer.MoveOnFrom(index);
                }

                if (!isWorthIt || !isSafe || DateTime.UtcNow >= deadline)
                {
                    throw Explain(failure, channel.Address, isRead);
                }

                if (attempt % balancer.Count == 0)
                {
                    if (DateTime.UtcNow + pause >= deadline)
                    {
                        throw Explain(failure, channel.Address, isRead);
                    }

                    await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
                    pause = Shorter(pause * 2, options.RetryPauseMax);
                }
            }
        }
    }

    /// <summary>Asks one endpoint, once: what it says is about itself.</summary>
    public async Task<TResponse> CallOneAsync<TRequest, TResponse>(
        int index,
        Method<TRequest, TResponse> method,
        TRequest request,
        CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        GrpcChannel channel = balancer[index];
        try
        {
            return await channel.UnaryAsync(method, request, new CallOptions(null, DateTime.UtcNow + options.Timeout, cancellationToken)).ConfigureAwait(false);
        }
        catch (RpcException failure)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Explain(failure, channel.Address, isRead: true);
        }
    }

    /// <summary>
    /// The endpoint to ask: the current one if it has answered before, else the first from there on that answers a small
    /// question in time. If none does, the current one, and why it certainly cannot be asked; nothing if it was only
    /// slow, as an endpoint that is far away may be. Slow after it was known to be unreachable is still unreachable: near
    /// the deadline there is no time to find out, and a write must not be sent in the hope.
    /// </summary>
    private async Task<(int Index, RpcException? Unreachable)> FindAnsweringAsync(
        bool isRead, RpcException? unreachableBefore, DateTime deadline, CancellationToken cancellationToken)
    {
        int first = balancer.Current;
        if (balancer.Answers(first) || (isRead && balancer.Count == 1))
        {
            return (first, null);
        }

        RpcException? failureOfFirst = null;
        for (int i = 0; i < balancer.Count; i++)
        {
            int index = (first + i) % balancer.Count;
            RpcException? failure = await ProbeAsync(index, deadline, cancellationToken).ConfigureAwait(false);
            if (failure is null)
            {
                balancer.Heard(index, hasAnswered: true);
                balancer.MoveOn(first, index);
                return (index, null);
            }

            failureOfFirst ??= failure;
        }

        return failureOfFirst!.StatusCode == StatusCode.DeadlineExceeded
            ? (first, unreachableBefore)
            : (first, new RpcException(failureOfFirst.Status, Metadata.Empty, failureOfFirst) { NeverProcessed = true });
    }

    private async Task<RpcException?> ProbeAsync(int index, DateTime deadline, CancellationToken cancellationToken)
    {
        try
        {
            // However little time there is, most of it is the request's.
            DateTime now = DateTime.UtcNow;
            DateTime probeDeadline = Earlier(now + ((deadline - now) / (2 * balancer.Count)), now + options.ProbeTimeout);
            await balancer[index].UnaryAsync(EtcdMethods.Status, new StatusRequest(), new CallOptions(null, probeDeadline, cancellationToken)).ConfigureAwait(false);
            return null;
        }
        catch (RpcException failure)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return IsAnswer(failure) ? null : failure;
        }
    }

    /// <summary>Whether the server said so itself: it is there, whatever it thinks of the request.</summary>
    private static bool IsAnswer(RpcException failure) =>
        failure.InnerException is null && failure.StatusCode is not (StatusCode.DeadlineExceeded or StatusCode.Cancelled);

    private static QuorateException Explain(RpcException failure, Uri endpoint, bool isRead) =>
        new(failure, endpoint, outcomeUnknown: !isRead && !FailureKind.IsCertainlyNotCarriedOut(failure));

    private static DateTime Earlier(DateTime one, DateTime other) => one < other ? one : other;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
