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
    /// <summary>
    /// With less time left a write is not tried again: the attempts before it certainly were not carried out, and of one
    /// that finds no answer in time nobody would know.
    /// </summary>
    private static readonly TimeSpan s_furtherWriteTimeMin = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// All endpoints are asked twice before it is believed that none of them leads: leadership may move on while they are
    /// asked, and the one that has it may be passed over for being slow.
    /// </summary>
    private const int RoundsForLeaderMax = 2;

    /// <summary>Carries out a call of one request and one response.</summary>
    public Task<TResponse> CallAsync<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        TRequest request,
        CallKind kind,
        CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        AttemptAsync((channel, callOptions) => channel.UnaryAsync(method, request, callOptions), kind, cancellationToken);

    /// <summary>Carries out what one attempt at an endpoint does.</summary>
    public async Task<TResponse> AttemptAsync<TResponse>(
        Func<GrpcChannel, CallOptions, Task<TResponse>> attemptOnce, CallKind kind, CancellationToken cancellationToken)
    {
        DateTime deadline = DateTime.UtcNow + options.Timeout;
        TimeSpan pause = options.RetryPause;
        int notLeaders = 0;
        RpcException? unreachable = null;
        var failures = new AttemptFailures(kind);
        bool mayRepeat = kind != CallKind.Write;
        for (int attempt = 1; ; attempt++)
        {
            (int index, unreachable) = await FindAnsweringAsync(mayRepeat, unreachable, deadline, cancellationToken).ConfigureAwait(false);
            GrpcChannel channel = balancer[index];
            DateTime attemptDeadline = mayRepeat && balancer.Count > 1
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
                balancer.Heard(index, FailureKind.IsAnswer(failure));
                failures.Add(failure, channel.Address);
                bool isLostAmongFollowers = FailureKind.IsNotLeader(failure) && ++notLeaders < RoundsForLeaderMax * balancer.Count;
                bool isSafe = mayRepeat || !failures.MayHaveTakenEffect;
                bool isWorthIt = FailureKind.IsPassing(failure) || isLostAmongFollowers;
                if (isWorthIt)
                {
                    // Even if this operation ends here: the next one is better off elsewhere.
                    balancer.MoveOnFrom(index);
                }

                bool isRoundOver = attempt % balancer.Count == 0;
                TimeSpan needed = (isRoundOver ? pause : TimeSpan.Zero) + (failures.MayBecomeUncertain ? s_furtherWriteTimeMin : TimeSpan.Zero);
                if (!isWorthIt || !isSafe || DateTime.UtcNow + needed >= deadline)
                {
                    throw failures.Explain();
                }

                if (isRoundOver)
                {
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
            throw new QuorateException(failure, channel.Address, outcomeUnknown: false);
        }
    }

    /// <summary>
    /// The endpoint to ask: the current one if it has answered before, else the first from there on that answers a small
    /// question in time. If none does, the current one, and why it certainly cannot be asked; nothing if it was only
    /// slow, as an endpoint that is far away may be. Slow after it was known to be unreachable is still unreachable: near
    /// the deadline there is no time to find out, and a write must not be sent in the hope.
    /// </summary>
    private async Task<(int Index, RpcException? Unreachable)> FindAnsweringAsync(
        bool mayRepeat, RpcException? unreachableBefore, DateTime deadline, CancellationToken cancellationToken)
    {
        int first = balancer.Current;
        if (balancer.Answers(first) || (mayRepeat && balancer.Count == 1))
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
            // However little time there is, most of it is the request's; after a sole endpoint there is no other to hurry to.
            DateTime now = DateTime.UtcNow;
            DateTime probeDeadline = now + ((deadline - now) / (2 * balancer.Count));
            if (balancer.Count > 1)
            {
                probeDeadline = Earlier(probeDeadline, now + options.ProbeTimeout);
            }

            await balancer[index].UnaryAsync(EtcdMethods.Status, new StatusRequest(), new CallOptions(null, probeDeadline, cancellationToken)).ConfigureAwait(false);
            return null;
        }
        catch (RpcException failure)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return FailureKind.IsAnswer(failure) ? null : failure;
        }
    }

    private static DateTime Earlier(DateTime one, DateTime other) => one < other ? one : other;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
