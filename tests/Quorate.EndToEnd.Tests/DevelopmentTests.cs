using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests;

/// <summary><c>quorate dev</c> does not show another cluster as its own, and says what is in its way.</summary>
public sealed class DevelopmentTests
{
    [Fact]
    public async Task A_port_in_use_is_named_before_anything_starts()
    {
        using var folder = new TemporaryFolder();
        using var other = new TcpListener(IPAddress.Loopback, Ports.Take());
        other.Start();
        int taken = ((IPEndPoint)other.LocalEndpoint).Port;

        ProgramResult refused = await DevelopAsync(folder.File("dev"), taken);

        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldContain($"port {taken} (for clients of m1): in use");
        refused.Error.ShouldContain("--client-port");
        Directory.Exists(folder.File("dev")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_folder_that_cannot_be_one_is_named()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("file"), "not a folder");
        foreach (string path in (string[])[folder.File("file"), folder.File("file/below"), "/proc/no-such-folder"])
        {
            ProgramResult refused = await DevelopAsync(path, Ports.Take());

            refused.ExitCode.ShouldBe(1, refused.Error);
            refused.Error.ShouldContain(path);
            refused.Error.Trim().Split('\n').Length.ShouldBe(1, refused.Error);
        }
    }

    [Fact]
    public async Task A_second_one_in_the_folder_is_refused_and_so_is_another_cluster_later()
    {
        using var folder = new TemporaryFolder();
        int port = Ports.Take();
        string[] arguments = ["dev", "--data-dir", folder.File("dev"), "--members", "1", "--client-port", $"{port}"];
        using (Process first = Programs.Start(Programs.Quorate, arguments))
        {
            try
            {
                await AnsweringAsync(port);
                ProgramResult second = await DevelopAsync(folder.File("dev"), port + 100);
                second.ExitCode.ShouldBe(1);
                second.Error.ShouldContain("another 'quorate dev' runs in");
            }
            finally
            {
                first.Kill();
                await first.WaitForExitAsync();
            }
        }

        ProgramResult other = await DevelopAsync(folder.File("dev"), port + 100);
        other.ExitCode.ShouldBe(1);
        other.Error.ShouldContain($"was founded with --members 1 --client-port {port}");
    }

    [LinuxFact]
    public async Task A_log_that_cannot_be_written_is_told_once_and_ends_nothing()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("dev"));
        File.CreateSymbolicLink(folder.File("dev/m1.log"), "/dev/full");
        await using RunningProgram develop = RunningProgram.Start(
            Programs.Quorate, ["dev", "--data-dir", folder.File("dev"), "--members", "1", "--client-port", $"{Ports.Take()}"]);
        var said = new List<string>();
        while (!said.Exists(line => line.Contains("not kept", StringComparison.Ordinal)) || !said.Exists(line => line.Contains("leader, term", StringComparison.Ordinal)))
        {
            said.Add((await develop.ReadLineAsync()).ShouldNotBeNull(string.Join('\n', said)));
        }

        ProgramResult stopped = await develop.InterruptAsync();

        stopped.ExitCode.ShouldBe(0, stopped.Error);
        said.Single(line => line.Contains("not kept", StringComparison.Ordinal)).ShouldStartWith("m1: its log is not kept until it is started again: No space left");
        stopped.Output.ShouldNotContain("not kept");
    }

    private static Task<ProgramResult> DevelopAsync(string folder, int port) =>
        Programs.RunAsync(Programs.Quorate, ["dev", "--data-dir", folder, "--members", "1", "--client-port", $"{port}"]);

    private static async Task AnsweringAsync(int port)
    {
        while ((await Programs.RunAsync(Programs.Quorate, ["status", "--endpoints", $"127.0.0.1:{port}"])).ExitCode != 0)
        {
            await Task.Delay(50);
        }
    }
}
