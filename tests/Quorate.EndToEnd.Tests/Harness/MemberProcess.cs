using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Quorate.EndToEnd.Tests.Harness;

/// <summary>One member, run as its operators run it.</summary>
internal sealed partial class MemberProcess : IAsyncDisposable
{
    private const int Sigterm = 15;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string[] _arguments;
    private readonly StringBuilder _log = new();
    private Process? _process;
    private TaskCompletionSource _ready = new();

    public MemberProcess(string name, string dataFolder, int clientPort, int peerPort, string initialCluster, params string[] more)
    {
        Name = name;
        ClientPort = clientPort;
        PeerPort = peerPort;
        DataFolder = dataFolder;
        _arguments =
        [
            "serve", "--name", name, "--data-dir", dataFolder,
            "--listen-client-urls", $"http://127.0.0.1:{clientPort}", "--advertise-client-urls", $"http://127.0.0.1:{clientPort}",
            "--listen-peer-urls", $"http://127.0.0.1:{peerPort}", "--initial-advertise-peer-urls", $"http://127.0.0.1:{peerPort}",
            "--initial-cluster", initialCluster, .. more,
        ];
    }

    public string Name { get; }

    public string DataFolder { get; }

    public int ClientPort { get; }

    public int PeerPort { get; }

    public string Endpoint => $"127.0.0.1:{ClientPort}";

    public int ProcessId => _process!.Id;

    /// <summary>Everything it has printed, over all its starts.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts it without waiting.</summary>
    public void Launch()
    {
        _ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = new ProcessStartInfo(Programs.Quorate, _arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Heard(line.Data);
        _process.ErrorDataReceived += (_, line) => Heard(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits until it says that it serves clients.</summary>
    public async Task ReadyAsync()
    {
        Task exited = _process!.WaitForExitAsync();
        Task first = await Task.WhenAny(_ready.Task, exited, Task.Delay(Patience));
        if (first != _ready.Task)
        {
            throw new InvalidOperationException($"member {Name} {(first == exited ? $"ended with {_process.ExitCode}" : "did not get ready")}:\n{Log}");
        }
    }

    public Task StartAsync()
    {
        Launch();
        return ReadyAsync();
    }

    /// <summary>SIGKILL: it gets no chance to put anything in order.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM: it stops in order. Returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        Kill(_process!.Id, Sigterm);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>Waits until it has ended by itself. Returns its exit code.</summary>
    public async Task<int> EndedAsync()
    {
        await _process!.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
    }

    private void Heard(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_log)
        {
            _log.AppendLine(line);
        }

        if (line.StartsWith("ready: ", StringComparison.Ordinal))
        {
            _ready.TrySetResult();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
