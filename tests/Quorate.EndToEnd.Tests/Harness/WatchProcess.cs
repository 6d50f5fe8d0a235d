using System.Diagnostics;
using System.Threading.Channels;

namespace Quorate.EndToEnd.Tests.Harness;

/// <summary><c>etcdctl watch</c>, running, and what it prints line by line.</summary>
internal sealed class WatchProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    public WatchProcess(string endpoints, params string[] arguments)
    {
        var start = new ProcessStartInfo(Programs.Etcdctl!, [$"--endpoints={endpoints}", "watch", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ETCDCTL_API"] = "3";
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Heard(line.Data);
        _process.ErrorDataReceived += (_, line) => Heard(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The next line that says something.</summary>
    public async Task<string> NextLineAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        string line;
        do
        {
            line = await _lines.Reader.ReadAsync(patience.Token);
        }
        while (line.Length == 0);

        return line;
    }

    public async Task<string[]> NextLinesAsync(int count)
    {
        string[] lines = new string[count];
        for (int i = 0; i < count; i++)
        {
            lines[i] = await NextLineAsync();
        }

        return lines;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Heard(string? line)
    {
        if (line is not null)
        {
            _lines.Writer.TryWrite(line);
        }
    }
}
