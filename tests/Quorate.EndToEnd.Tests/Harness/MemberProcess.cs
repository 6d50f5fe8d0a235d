using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Quorate.EndToEnd.Tests.Harness;

/// <summary>One member, run as its operators run it.</summary>
internal sealed partial class MemberProcess : IAsyncDisposable
{
    /// <summary>What Ctrl-C sends.</summary>
    public const int Sigint = 2;

    /// <summary>What asks a program to end.</summary>
    public const int Sigterm = 15;

    private const int FileSizeLimit = 1; // RLIMIT_FSIZE

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
            "--name", name, "--data-dir", dataFolder,
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

    /// <summary>The hard limit of file descriptors that it starts with; null: this process's.</summary>
    public int? DescriptorsAtStart { get; init; }

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
        // A write beyond a limit of file sizes is to fail as it does on a full disk, not to kill: the signal is ignored.
        // With the end of this process, however it comes, its standard input closes, and nothing of ours is left running.
        string[] command = Programs.EtcdInstead is { } etcd ? [etcd, .. _arguments] : [Programs.Quorate, "serve", "--stop-with-stdin", .. _arguments];
        string limit = DescriptorsAtStart is { } descriptors ? $"ulimit -n {descriptors}; " : "";
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"trap '' XFSZ; {limit}exec \"$0\" \"$@\"", .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove(Programs.BinaryVariable); // no setting of a server: it would warn of it
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

    /// <summary>Waits until it answers clients, which it does before it knows a leader.</summary>
    public async Task AnswersAsync()
    {
        using var http = new HttpClient();
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                (await http.GetAsync(new Uri($"http://{Endpoint}/livez"))).EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException) when (!_process!.HasExited && clock.Elapsed < Patience)
            {
                await Task.Delay(20);
            }
        }
    }

    /// <summary>Waits until it has printed a text.</summary>
    public async Task SaysAsync(string text)
    {
        var clock = Stopwatch.StartNew();
        while (!Log.Contains(text, StringComparison.Ordinal))
        {
            if (_process!.HasExited || clock.Elapsed > Patience)
            {
                throw new InvalidOperationException($"member {Name} never said '{text}':\n{Log}");
            }

            await Task.Delay(20);
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

    /// <summary>From now on it cannot write to any file, as if its disk had failed under it.</summary>
    public void FailDisk()
    {
        // Writes at and after the first byte are beyond the limit; it may be lowered by anyone who may send signals.
        Limit(FileSizeLimit, 1, ulong.MaxValue);
    }

    /// <summary>SIGTERM, or another signal: it stops in order. Returns its exit code.</summary>
    public async Task<int> StopAsync(int signal = Sigterm)
    {
        Kill(_process!.Id, signal);
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

    private void Limit(int resource, ulong soft, ulong hard)
    {
        ulong[] limits = [soft, hard];
        if (LimitResource(_process!.Id, resource, limits, IntPtr.Zero) != 0)
        {
            throw new InvalidOperationException($"prlimit failed with {Marshal.GetLastPInvokeError()}");
        }
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

        bool isReady = Programs.EtcdInstead is null
            ? line.StartsWith("ready: ", StringComparison.Ordinal)
            : line.Contains("ready to serve client requests", StringComparison.Ordinal);
        if (isReady)
        {
            _ready.TrySetResult();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    private static partial int LimitResource(int process, int resource, [In] ulong[] newLimit, IntPtr oldLimit);
}
