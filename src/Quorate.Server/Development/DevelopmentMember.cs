using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Quorate.Server.Development;

/// <summary>One member of the local cluster, as a process of its own, with its log in a file beside its data.</summary>
internal sealed class DevelopmentMember : IDisposable
{
    private readonly Lock _gate = new();
    private readonly string[] _arguments;
    private Process? _process;
    private StreamWriter? _log;
    private string _lastLine = string.Empty;
    private string? _logProblem;

    public DevelopmentMember(string name, string folder, int clientPort, int peerPort, string initialCluster)
    {
        Name = name;
        Endpoint = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{clientPort}");
        LogFile = Path.Combine(folder, name + ".log");
        string peerUrl = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{peerPort}");
        _arguments =
        [
            "serve", "--name", name, "--data-dir", Path.Combine(folder, name), "--listen-client-urls", Endpoint, "--advertise-client-urls", Endpoint,
            "--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl, "--initial-cluster", initialCluster,
            "--initial-cluster-token", "quorate-dev", "--initial-cluster-state", "new", "--stop-with-stdin",
        ];
    }

    public string Name { get; }

    public string Endpoint { get; }

    public string LogFile { get; }

    /// <summary>The running process; zero when it does not run.</summary>
    public int ProcessId => IsRunning ? _process!.Id : 0;

    /// <summary>Whether the end was wanted.</summary>
    public bool WasKilled { get; private set; }

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>How it ended; null while it runs.</summary>
    public int? ExitCode => _process is { HasExited: true } ended ? ended.ExitCode : null;

    /// <summary>The last line that it printed: when it has ended by itself, why.</summary>
    public string LastWords
    {
        get
        {
            lock (_gate)
            {
                return _lastLine.Length > 0 ? _lastLine : "it said nothing";
            }
        }
    }

    /// <summary>Why what it prints is not kept in <see cref="LogFile"/> until it is started again; null while it is.</summary>
    public string? LogProblem
    {
        get
        {
            lock (_gate)
            {
                return _logProblem;
            }
        }
    }

    /// <summary>Starts its process.</summary>
    /// <exception cref="IOException">It cannot be started, or its log cannot be opened.</exception>
    public void Start()
    {
        _process?.Dispose();
        _process = null;
        WasKilled = false;
        lock (_gate)
        {
            _lastLine = string.Empty;
            _logProblem = null;
            _log ??= new StreamWriter(LogFile, append: true) { AutoFlush = true };
        }

        string program = Environment.ProcessPath ?? throw new InvalidOperationException("this program's own file is not known");
        var start = new ProcessStartInfo(program, _arguments)
        {
            // The child stops when this pipe closes, however this process ends.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            process.Dispose();
            throw new IOException($"{Name} cannot be started: {e.Message}", e);
        }

        _process = process;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Ends it at once, as SIGKILL does.</summary>
    public void Kill()
    {
        WasKilled = true;
        _process?.Kill();
    }

    /// <summary>Asks it to stop in order, waits, and ends it if it takes longer than <paramref name="patience"/>.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        if (_process is not { HasExited: false } running)
        {
            return;
        }

        running.StandardInput.Close();
        using var bound = new CancellationTokenSource(patience);
        try
        {
            await running.WaitForExitAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            running.Kill();
            await running.WaitForExitAsync(CancellationToken.None);
        }
    }

    public void Dispose()
    {
        _process?.Dispose();
        lock (_gate)
        {
            CloseLog();
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _lastLine = string.IsNullOrWhiteSpace(line) ? _lastLine : line.Trim();
            try
            {
                // A last line may come after the end; nobody waits for it.
                _log?.WriteLine(line);
            }
            catch (IOException e)
            {
                // Nobody is above the thread that reads what is printed. A disk that is full must not end the cluster's
                // window, which shows just then what becomes of the members.
                _logProblem = e.Message;
                CloseLog();
            }
        }
    }

    private void CloseLog()
    {
        try
        {
            _log?.Dispose();
        }
        catch (IOException)
        {
            // What could not be written before cannot now.
        }

        _log = null;
    }
}
