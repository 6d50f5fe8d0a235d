using System.Diagnostics;
using System.Globalization;
using System.Text;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.Bench.Comparison;

/// <summary>
/// The proof that what is acknowledged has been flushed, by somebody else's count: strace counts <c>fsync</c> and
/// <c>fdatasync</c> of each member while one client writes, so that each write is a batch of its own and needs a flush on two
/// of three members.
/// </summary>
internal static class FlushCount
{
    private const int Members = 3;
    private const int Majority = 2;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Returns 1 where there were fewer flushes than writes need.</summary>
    public static async Task<int> RunAsync(int calls)
    {
        if (Programs.FindOnPath("strace") is not { } strace)
        {
            Console.Error.WriteLine("error: strace is not installed; on Debian: apt-get install strace");
            return 1;
        }

        await using IServers servers = await QuorateServers.StartAsync(Members);
        await WriteAsync(servers, calls);
        using var folder = new TemporaryFolder();
        Process[] tracers = await Task.WhenAll(servers.ProcessIds.Select((id, member) => AttachAsync(strace, id, folder.File($"{member}"))));
        await WriteAsync(servers, calls);
        foreach (Process tracer in tracers)
        {
            Signals.Send(tracer.Id, Signals.Interrupt);
            await tracer.WaitForExitAsync().WaitAsync(s_patience);
            tracer.Dispose();
        }

        long[] flushes = [.. Enumerable.Range(0, Members).Select(member => Calls(folder.File($"{member}")))];
        Console.WriteLine($"{calls} writes of one client; fsync and fdatasync of each member: {string.Join(", ", flushes)}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"for each acknowledged write: {(double)flushes.Sum() / calls:0.00} on all members together, at least {Majority} are needed"));
        if (flushes.Sum() < (long)Majority * calls)
        {
            Console.Error.WriteLine("error: writes were acknowledged that no majority has flushed");
            return 1;
        }

        return 0;
    }

    private static async Task WriteAsync(IServers servers, int calls) => (await Programs.RunAsync(
        Programs.Built,
        [
            "bench", "put", "--clients", "1", "--connections", "1", "--calls", $"{calls}", "--timeout", "60",
            "--endpoints", string.Join(',', await Leadership.LeaderFirstAsync(servers)),
        ])).Succeeded();

    /// <summary>strace says "attached" once it has all threads; it may not trace others' processes where the kernel forbids it.</summary>
    private static async Task<Process> AttachAsync(string strace, int process, string file)
    {
        string[] arguments = ["-f", "-c", "-e", "trace=fsync,fdatasync", "-o", file, "-p", $"{process}"];
        var tracer = new Process { StartInfo = new ProcessStartInfo(strace, arguments) { RedirectStandardError = true } };
        var attached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new StringBuilder();
        tracer.ErrorDataReceived += (_, line) =>
        {
            said.AppendLine(line.Data);
            if (line.Data is null)
            {
                attached.TrySetException(new InvalidOperationException($"strace could not attach to a member (as root it can): {said}"));
            }
            else if (line.Data.Contains(" attached", StringComparison.Ordinal))
            {
                attached.TrySetResult();
            }
        };
        tracer.Start();
        tracer.BeginErrorReadLine();
        await attached.Task.WaitAsync(s_patience);
        return tracer;
    }

    /// <summary>Lines of the summary end in the number of calls, the number of those that failed if there were any, and the name.</summary>
    private static long Calls(string file) => File.ReadLines(file)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(fields => fields.Length >= 5 && fields[^1] is ("fsync" or "fdatasync"))
        .Sum(fields => long.Parse(fields[3], CultureInfo.InvariantCulture));
}
