using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.Bench.Comparison;

/// <summary>Three members of ours as they ship.</summary>
internal sealed class QuorateServers : IServers
{
    private readonly ClusterProcesses _cluster;

    private QuorateServers(ClusterProcesses cluster)
    {
        _cluster = cluster;
    }

    public IReadOnlyList<string> Endpoints => [.. _cluster.Members.Select(member => member.Endpoint)];

    public IReadOnlyList<int> ProcessIds => [.. _cluster.Members.Select(member => member.ProcessId)];

    public static async Task<IServers> StartAsync() =>
        new QuorateServers(await ClusterProcesses.StartAsync(3, "--quota-backend-bytes", Quota.Text, "--log-level", "warn"));

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
