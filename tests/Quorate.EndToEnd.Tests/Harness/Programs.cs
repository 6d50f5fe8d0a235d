using System.Diagnostics;

namespace Quorate.EndToEnd.Tests.Harness;

/// <summary>The programs that the tests run: ours, and those that we did not write.</summary>
internal static class Programs
{
    /// <summary>Names the program to run instead of the one that was built beside this: a published one, say.</summary>
    public const string BinaryVariable = "QUORATE_BINARY";

    /// <summary>The server that was built beside this program, in the same configuration.</summary>
    public static string Built => FindQuorate();

    /// <summary>The server that is tested or measured: the one built beside this, unless <see cref="BinaryVariable"/> names another.</summary>
    public static string Quorate { get; } = Environment.GetEnvironmentVariable(BinaryVariable) is { Length: > 0 } binary
        ? Path.GetFullPath(binary)
        : FindQuorate();

    /// <summary>etcd's own command line; null where it is not installed.</summary>
    public static string? Etcdctl { get; } = FindOnPath("etcdctl");

    /// <summary>
    /// etcd itself, where <c>QUORATE_E2E_TARGET=etcd</c> asks for it: the tests of other people's clients then run against
    /// Debian's etcd, which shows that they ask for what etcd does. Null as a rule: they run against ours.
    /// </summary>
    public static string? EtcdInstead { get; } = Environment.GetEnvironmentVariable("QUORATE_E2E_TARGET") == "etcd"
        ? FindOnPath("etcd") ?? throw new FileNotFoundException("QUORATE_E2E_TARGET=etcd, but etcd is not on the PATH")
        : null;

    /// <summary>The client of HTTP; null where it is not installed.</summary>
    public static string? Curl { get; } = FindOnPath("curl");

    /// <summary>The tool that runs a command at a terminal of its own; null where it is not installed.</summary>
    public static string? Script { get; } = OperatingSystem.IsLinux() ? FindOnPath("script") : null;

    /// <summary>The tool that prints Debian's package index; null on other systems.</summary>
    public static string? AptCache { get; } = FindOnPath("apt-cache");

    /// <summary>Starts a program that the test will end itself; what it prints is nobody's concern.</summary>
    public static Process Start(string program, IEnumerable<string> arguments, (string Name, string Value)[]? variables = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in variables ?? [])
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Runs a program to its end, with a bound on how long it may take.</summary>
    public static async Task<ProgramResult> RunAsync(
        string program, IEnumerable<string> arguments, string? input = null, (string Name, string Value)[]? variables = null, TimeSpan? atMost = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in variables ?? [])
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        using var bound = new CancellationTokenSource(atMost ?? TimeSpan.FromMinutes(5));
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(bound.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(bound.Token);
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(bound.Token);
            return new ProgramResult(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static string FindQuorate()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        string path = Path.Combine(output.Parent!.Parent!.FullName, "Quorate.Server", output.Name, OperatingSystem.IsWindows() ? "quorate.exe" : "quorate");
        return File.Exists(path) ? path : throw new FileNotFoundException($"the server is not built: there is no '{path}'");
    }

    /// <summary>The path of a program; null where it is not installed.</summary>
    public static string? FindOnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
