using System.Diagnostics;
using Quorate.Client;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.Bench.Comparison;

/// <summary>Members of the etcd that is installed, with its defaults besides ports and a quota that fits.</summary>
internal sealed class EtcdServers : IServers
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly string[][] _arguments;
    private readonly Process?[] _processes;

    private EtcdServers(int members)
    {
        (string Name, int Client, int Peer)[] plan = [.. Enumerable.Range(1, members).Select(i => ($"e{i}", Ports.Take(), Ports.Take()))];
        string initialCluster = string.Join(',', plan.Select(member => $"{member.Name}=http://127.0.0.1:{member.Peer}"));
        _arguments = [.. plan.Select(member => (string[])
        [
            "--name", member.Name, "--data-dir", _folder.File(member.Name),
            "--listen-client-urls", $"http://127.0.0.1:{member.Client}", "--advertise-client-urls", $"http://127.0.0.1:{member.Client}",
            "--listen-peer-urls", $"http://127.0.0.1:{member.Peer}", "--initial-advertise-peer-urls", $"http://127.0.0.1:{member.Peer}",
            "--initial-cluster", initialCluster, "--quota-backend-bytes", Quota.Text,
        ])];
        _processes = new Process?[members];
        Endpoints = [.. plan.Select(member => $"127.0.0.1:{member.Client}")];

        // Nothing stays behind when the measurement is interrupted.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => KillAll();
    }

    public IReadOnlyList<string> Endpoints { get; }

    public IReadOnlyList<int> ProcessIds => [.. _processes.Select(process => process!.Id)];

    public static async Task<IServers> StartAsync(int members = 3)
    {
        var servers = new EtcdServers(members);
        try
        {
            for (int member = 0; member < members; member++)
            {
                servers.Start(member);
            }

            using var client = new QuorateClient(new QuorateClientOptions { Endpoints = [.. servers.Endpoints], Timeout = s_patience });
            await client.PutAsync("started", "yes");
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    public void Start(int member)
    {
        _processes[member]?.Dispose();
        _processes[member] = Programs.Start("etcd", _arguments[member]);
    }

    public async Task KillAsync(int member)
    {
        _processes[member]!.Kill();
        await _processes[member]!.WaitForExitAsync();
    }

    public async Task StopAsync(int member)
    {
        Signals.Send(_processes[member]!.Id, Signals.Terminate);
        await _processes[member]!.WaitForExitAsync().WaitAsync(s_patience);
    }

    public async ValueTask DisposeAsync()
    {
        KillAll();
        foreach (Process? process in _processes)
        {
            await (process?.WaitForExitAsync() ?? Task.CompletedTask);
        }

        _folder.Dispose();
    }

    private void KillAll()
    {
        foreach (Process? process in _processes)
        {
            if (process is { HasExited: false })
            {
                process.Kill();
            }
        }
    }
}
