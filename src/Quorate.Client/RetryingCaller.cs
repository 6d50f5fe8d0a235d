using Google.Protobuf;
using Quorate.Grpc;

namespace Quorate.Client;

/// <summary>
/// Carries out one operation with as many attempts as are safe (spec W2): a read may always be tried again,
/// a write only after an attempt that certainly was not carried out.
/// </summary>
internal sealed class RetryingCaller(EndpointBalancer balancer, QuorateClientOptions options)
{
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        TRequest request,
        bool isRead,
        CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        DateTime deadline = DateTime.UtcNow + options.Timeout;
        TimeSpan pause = options.RetryPause;
        int notLeaders = 0;
        for (int attempt = 1; ; attempt++)
        {
            int index = balancer.Current;
            GrpcChannel channel = balancer[index];
            DateTime attemptDeadline = isRead && balancer.Count > 1
                ? Earlier(deadline, DateTime.UtcNow + options.ReadAttemptTimeout)
                : deadline;
            try
            {
                return await channel.UnaryAsync(method, request, new CallOptions(null, attemptDeadline, cancellationToken)).ConfigureAwait(false);
            }
            catch (RpcException failure)
            {
                cancellationToken.ThrowIfCancellationRequested();
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

    private static QuorateException Explain(RpcException failure, Uri endpoint, bool isRead) =>
        new(failure, endpoint, outcomeUnknown: !isRead && !FailureKind.IsCertainlyNotCarriedOut(failure));

    private static DateTime Earlier(DateTime one, DateTime other) => one < other ? one : other;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
