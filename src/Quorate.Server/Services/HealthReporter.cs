using Quorate.Grpc.Health;
using Quorate.Raft;
using Quorate.Runtime;

namespace Quorate.Server.Services;

/// <summary>
/// Keeps what <c>grpc.health.v1.Health</c> answers: the server serves while it knows a leader and does not stop. As in
/// etcd only the server as a whole is known, and none of its services by name.
/// </summary>
internal static class HealthReporter
{
    /// <summary>Reports until it is cancelled, and at last that the server does not serve.</summary>
    public static async Task RunAsync(QuorateHost replica, GrpcHealth health, CancellationToken stopping)
    {
        MemberId leader = default;
        try
        {
            while (true)
            {
                health.Set(GrpcHealth.Server, !leader.IsNone && !replica.Failed.IsCompleted);
                leader = await replica.WaitForOtherLeaderAsync(leader, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            health.Set(GrpcHealth.Server, isServing: false);
        }
    }
}
