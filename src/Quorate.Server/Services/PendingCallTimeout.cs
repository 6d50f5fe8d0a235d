using Quorate.Grpc;

namespace Quorate.Server.Services;

/// <summary>How long the caller of a gRPC call waits.</summary>
internal static class PendingCallTimeout
{
    /// <summary>
    /// What is left of the caller's time for the way of the answer, at most. A request that runs out of time ends in an error
    /// that says why, and whether it may have had an effect: no leader, say. That is worth more than the last moments of
    /// waiting, after which the caller would learn of nothing but silence.
    /// </summary>
    private static readonly TimeSpan s_answerTimeMax = TimeSpan.FromMilliseconds(250);

    private const int AnswerTimeShare = 10;

    /// <summary>Null without a deadline; no time at all where it has passed: the request ends as any that ran out of time.</summary>
    public static TimeSpan? Of(ServerCallContext context)
    {
        if (context.Deadline == DateTime.MaxValue)
        {
            return null;
        }

        TimeSpan left = context.Deadline - DateTime.UtcNow;
        if (left <= TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        TimeSpan share = left / AnswerTimeShare;
        return left - (share < s_answerTimeMax ? share : s_answerTimeMax);
    }
}
