using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Quorate.Server.CommandLine;

/// <summary>A program that runs only as long as something is held for it.</summary>
internal static partial class HeldProcess
{
    private const int Sigterm = 15;

    /// <summary>How long it may take to end once it is told to; then it is killed.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Runs a program to its end and returns its exit code; null if it was ended because <paramref name="lost"/> fired.
    /// A stop of this process ends it as well.
    /// </summary>
    /// <exception cref="System.ComponentModel.Win32Exception">It cannot be started.</exception>
    public static async Task<int?> RunAsync(
        string[] commandLine, (string Name, string Value)[] variables, CancellationToken lost, CancellationToken stopping)
    {
        var start = new ProcessStartInfo(commandLine[0], commandLine[1..]);
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        lost.ThrowIfCancellationRequested();
        using Process process = Process.Start(start)!;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lost, stopping);
        try
        {
            await process.WaitForExitAsync(either.Token);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await EndAsync(process);
            return lost.IsCancellationRequested ? null : process.ExitCode;
        }
    }

    private static async Task EndAsync(Process process)
    {
        if (OperatingSystem.IsWindows())
        {
            process.Kill(entireProcessTree: true);
        }
        else if (!process.HasExited)
        {
            _ = Kill(process.Id, Sigterm);
        }

        using var grace = new CancellationTokenSource(Grace);
        try
        {
            await process.WaitForExitAsync(grace.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
