using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.Bench.Comparison;

/// <summary>Members of ours as they ship: the program that <see cref="Programs.Quorate"/> names.</summary>
internal sealed class QuorateServers : IServers
{
    private readonly ClusterProcesses _cluster;

    private QuorateServers(ClusterProcesses cluster)
    {
        _cluster = cluster;
    }

    public IReadOnlyList<string> Endpoints => [.. _cluster.Members.Select(member => member.Endpoint)];

    public IReadOnlyList<int> ProcessIds => [.. _cluster.Members.Select(member => member.ProcessId)];

    public static async Task<IServers> StartAsync(int members = 3) =>
        new QuorateServers(await ClusterProcesses.StartAsync(members, "--quota-backend-bytes", Quota.Text, "--log-level", "warn"));

    public Task KillAsync(int member) => _cluster.Members[member].KillAsync();

    public Task StopAsync(int member) => _cluster.Members[member].StopAsync();

    public void Start(int member) => _cluster.Members[member].Launch();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
