using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Quorate.Server.CommandLine;

/// <summary>A program that runs only as long as something is held for it.</summary>
internal static partial class HeldProcess
{
    private const int Sigkill = 9;
    private const int Sigterm = 15;

    /// <summary>How long it may take to end once it is told to; then it is killed.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Runs a program to its end and returns its exit code; null if it was ended because <paramref name="lost"/> fired.
    /// A stop of this process ends it as well, and with it, on Linux, all that it has started. What a program leaves behind
    /// that ends by itself is left alone.
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
        bool adopts = Descendants.TryAdopt();
        using Process process = Process.Start(start)!;
        int id = process.Id;
        using PosixSignalRegistration? reaping =
            adopts && !OperatingSystem.IsWindows() ? PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => Descendants.Reap(exceptFor: id)) : null;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lost, stopping);
        try
        {
            await process.WaitForExitAsync(either.Token);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            if (adopts)
            {
                await EndWithDescendantsAsync(process);
            }
            else
            {
                await EndAsync(process);
            }

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

        using var grace = new CancellationTokenSource(s_grace);
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

    /// <summary>
    /// Ends it and all below it: a shell ends at once when it is told to, and leaves the command that it runs, which is
    /// what the lock is held for.
    /// </summary>
    private static async Task EndWithDescendantsAsync(Process process)
    {
        var told = new HashSet<int>();
        var clock = Stopwatch.StartNew();
        IReadOnlyList<Descendant> running = Descendants.Running();
        foreach (Descendant one in running)
        {
            Tell(one);
        }

        while (running.Count > 0 && clock.Elapsed < s_grace)
        {
            await Task.Delay(s_betweenLooks);
            running = Descendants.Running();

            // What starts from now on may be how a program puts things in order, and is not to be disturbed; unless
            // its parent is gone, which started it just before it heard.
            foreach (Descendant orphan in running.Where(one => one.Parent == Environment.ProcessId && !told.Contains(one.Id)))
            {
                Tell(orphan);
            }
        }

        // In rounds, since one may start another just before it is killed. What may not be killed, since it has become
        // another user's, is not waited for.
        while (Descendants.Running().Where(one => Kill(one.Id, Sigkill) == 0).ToArray() is { Length: > 0 })
        {
            await Task.Delay(s_betweenLooks);
        }

        await process.WaitForExitAsync(CancellationToken.None);

        void Tell(Descendant one)
        {
            told.Add(one.Id);
            _ = Kill(one.Id, Sigterm);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
