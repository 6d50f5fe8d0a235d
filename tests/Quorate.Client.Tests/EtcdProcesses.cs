using System.Diagnostics;
using System.Runtime.InteropServices;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.Client.Tests;

/// <summary>A cluster of etcd's own servers on this machine, which end with the test.</summary>
internal sealed partial class EtcdProcesses : IAsyncDisposable
{
    private const int Sigstop = 19;

    private readonly string folder = Directory.CreateTempSubdirectory("quorate-etcd-").FullName;
    private readonly string[][] arguments;
    private readonly Process?[] processes;

    private EtcdProcesses(int members)
    {
        (int Client, int Peer)[] ports = [.. Enumerable.Range(0, members).Select(_ => (Ports.Take(), Ports.Take()))];
        string cluster = string.Join(',', ports.Select((port, i) => $"m{i}=http://127.0.0.1:{port.Peer}"));
        Endpoints = [.. ports.Select(port => $"127.0.0.1:{port.Client}")];
        arguments = [.. ports.Select((port, i) => (string[])[
            "--name", $"m{i}", "--data-dir", Path.Combine(folder, $"m{i}"),
            "--listen-client-urls", $"http://127.0.0.1:{port.Client}", "--advertise-client-urls", $"http://127.0.0.1:{port.Client}",
            "--listen-peer-urls", $"http://127.0.0.1:{port.Peer}", "--initial-advertise-peer-urls", $"http://127.0.0.1:{port.Peer}",
            "--initial-cluster", cluster, "--initial-cluster-token", Path.GetFileName(folder), "--log-level", "error"])];
        processes = new Process[members];
    }

    /// <summary>etcd's server; null where it is not installed.</summary>
    public static string? Server { get; } = Find("etcd");

    /// <summary>etcd's command line; null where it is not installed.</summary>
    public static string? CommandLine { get; } = Find("etcdctl");

    public string[] Endpoints { get; }

    public static async Task<EtcdProcesses> StartAsync(int members = 1)
    {
        var etcd = new EtcdProcesses(members);
        for (int i = 0; i < members; i++)
        {
            etcd.Launch(i);
        }

        using var client = new QuorateClient(new QuorateClientOptions { Endpoints = etcd.Endpoints, Timeout = TimeSpan.FromMinutes(1) });
        await client.GetAsync("is it there");
        return etcd;
    }

    public void Launch(int member)
    {
        var start = new ProcessStartInfo(Server!, arguments[member]) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        processes[member] = process;
    }

    public async Task KillAsync(int member)
    {
        if (processes[member] is { } process)
        {
            processes[member] = null;
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    /// <summary>The process stays, with its connections, and does nothing.</summary>
    public void Freeze(int member) => _ = Kill(processes[member]!.Id, Sigstop);

    /// <summary>Runs etcdctl to its end and returns what it has printed.</summary>
    public async Task<string> RunAsync(params string[] command)
    {
        using Process process = Process.Start(CommandStart(command))!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }

    /// <summary>Starts etcdctl, to be ended by who starts it.</summary>
    public Process Begin(params string[] command) => Process.Start(CommandStart(command))!;

    public async ValueTask DisposeAsync()
    {
        for (int i = 0; i < processes.Length; i++)
        {
            await KillAsync(i);
        }

        Directory.Delete(folder, recursive: true);
    }

    private ProcessStartInfo CommandStart(string[] command)
    {
        var start = new ProcessStartInfo(CommandLine!, command) { RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment["ETCDCTL_API"] = "3";
        start.Environment["ETCDCTL_ENDPOINTS"] = string.Join(',', Endpoints);
        return start;
    }

    private static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator)
            .Select(directory => Path.Combine(directory, name))
            .FirstOrDefault(File.Exists);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
