using System.Diagnostics;
using Quorate.Client;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.Bench.Comparison;

/// <summary>Three members of the etcd that is installed, with its defaults besides ports and a quota that fits.</summary>
internal sealed class EtcdServers : IServers
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _processes = [];

    private EtcdServers()
    {
    }

    public IReadOnlyList<string> Endpoints { get; private set; } = [];

    public IReadOnlyList<int> ProcessIds => [.. _processes.Select(process => process.Id)];

    public static async Task<IServers> StartAsync()
    {
        var servers = new EtcdServers();
        try
        {
            await servers.StartAllAsync();
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _folder.Dispose();
    }

    private async Task StartAllAsync()
    {
        (string Name, int Client, int Peer)[] plan = [.. Enumerable.Range(1, 3).Select(i => ($"e{i}", Ports.Take(), Ports.Take()))];
        string initialCluster = string.Join(',', plan.Select(member => $"{member.Name}=http://127.0.0.1:{member.Peer}"));
        foreach ((string name, int client, int peer) in plan)
        {
            _processes.Add(Programs.Start("etcd",
            [
                "--name", name, "--data-dir", _folder.File(name),
                "--listen-client-urls", $"http://127.0.0.1:{client}", "--advertise-client-urls", $"http://127.0.0.1:{client}",
                "--listen-peer-urls", $"http://127.0.0.1:{peer}", "--initial-advertise-peer-urls", $"http://127.0.0.1:{peer}",
                "--initial-cluster", initialCluster, "--quota-backend-bytes", Quota.Text,
            ]));
        }

        Endpoints = [.. plan.Select(member => $"127.0.0.1:{member.Client}")];
        using var client1 = new QuorateClient(new QuorateClientOptions { Endpoints = [.. Endpoints], Timeout = s_patience });
        await client1.PutAsync("started", "yes");
    }
}
