using Quorate.Grpc;

namespace Quorate.Server.Services;

/// <summary>How long the caller of a gRPC call waits.</summary>
internal static class PendingCallTimeout
{
    /// <summary>Null without a deadline; no time at all where it has passed: the request ends as any that ran out of time.</summary>
    public static TimeSpan? Of(ServerCallContext context)
    {
        if (context.Deadline == DateTime.MaxValue)
        {
            return null;
        }

        TimeSpan left = context.Deadline - DateTime.UtcNow;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
