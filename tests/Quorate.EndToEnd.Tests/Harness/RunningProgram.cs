using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;

namespace Quorate.EndToEnd.Tests.Harness;

/// <summary>A program that runs beside the test, which reads what it prints line by line, and may write to it.</summary>
internal sealed partial class RunningProgram : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly StringBuilder _errors = new();
    private readonly StringBuilder _said = new();

    private RunningProgram(Process process) => _process = process;

    public static RunningProgram Start(string program, IEnumerable<string> arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        var running = new RunningProgram(new Process { StartInfo = start });
        running._process.OutputDataReceived += (_, line) => running.Printed(line.Data);
        running._process.ErrorDataReceived += (_, line) => running.Complained(line.Data);
        running._process.Start();
        running._process.BeginOutputReadLine();
        running._process.BeginErrorReadLine();
        return running;
    }

    /// <summary>The next line that it prints; null once it has ended and all is read.</summary>
    public async Task<string?> ReadLineAsync()
    {
        using var bound = new CancellationTokenSource(Patience);
        try
        {
            if (!await _lines.Reader.WaitToReadAsync(bound.Token) || !_lines.Reader.TryRead(out string? line))
            {
                return null;
            }

            _said.AppendLine(line);
            return line;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_process.StartInfo.FileName} printed nothing more, and did not end:\n{_said}{Errors}");
        }
    }

    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Ctrl-C, and all that it still prints.</summary>
    public async Task<ProgramResult> InterruptAsync()
    {
        Kill(_process.Id, MemberProcess.Sigint);
        return await EndedAsync();
    }

    /// <summary>SIGTERM, and all that it still prints.</summary>
    public async Task<ProgramResult> TerminateAsync()
    {
        Kill(_process.Id, MemberProcess.Sigterm);
        return await EndedAsync();
    }

    /// <summary>Waits for its end; the output is what was not read yet.</summary>
    public async Task<ProgramResult> EndedAsync()
    {
        var output = new StringBuilder();
        while (await ReadLineAsync() is { } line)
        {
            output.Append(line).Append('\n');
        }

        await _process.WaitForExitAsync().WaitAsync(Patience);
        return new ProgramResult(_process.ExitCode, output.ToString(), Errors);
    }

    /// <summary>SIGKILL: it gets no chance to tell anybody.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    private void Printed(string? line)
    {
        if (line is null)
        {
            _lines.Writer.TryComplete();
        }
        else
        {
            _lines.Writer.TryWrite(line);
        }
    }

    private void Complained(string? line)
    {
        if (line is not null)
        {
            lock (_errors)
            {
                _errors.AppendLine(line);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
