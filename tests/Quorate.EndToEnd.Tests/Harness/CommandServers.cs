using Quorate.Client.Tests;

namespace Quorate.EndToEnd.Tests.Harness;

/// <summary>The servers that the same commands are tried against: a cluster of ours, and etcd's own where that is installed.</summary>
public sealed class CommandServers : IAsyncLifetime
{
    private const string Ours = "quorate";
    private const string Theirs = "etcd";

    private ClusterProcesses? _ours;
    private EtcdProcesses? _theirs;

    /// <summary>The names that <see cref="EndpointsAsync"/> takes on this machine.</summary>
    public static TheoryData<string> Names { get; } = EtcdProcesses.Server is null ? new(Ours) : new(Ours, Theirs);

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Where such a server listens, which is started when it is first asked for.</summary>
    internal async Task<string> EndpointsAsync(string name) => name == Ours
        ? (_ours ??= await ClusterProcesses.StartAsync()).Endpoints
        : (_theirs ??= await EtcdProcesses.StartAsync()).Endpoints[0];

    public async Task DisposeAsync()
    {
        await (_ours?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_theirs?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
