using System.Diagnostics;
using System.Globalization;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests;

/// <summary>A command that runs under <c>quorate lock</c> is ended with all that it has started, before the lock is anybody else's.</summary>
public sealed class HeldCommandTests(CommandServers servers) : IClassFixture<CommandServers>
{
    /// <summary>A shell that runs a command and has more to do after it, which says first its process and the lock's key.</summary>
    private const string Shell = "/bin/sh -c 'echo $$ $QUORATE_LOCK_KEY; exec sleep 600'; echo never";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [LinuxFact]
    public async Task A_command_within_a_command_is_ended_when_the_lock_is_lost()
    {
        await using RunningProgram held = await BeginAsync(Shell);
        (int process, string key) = await BegunAsync(held);

        (await RunAsync("del", key)).Succeeded().ShouldBe("1\n");

        ProgramResult ended = await held.EndedAsync();
        ended.ExitCode.ShouldBe(1, ended.Error);
        ended.Output.ShouldBeEmpty();
        Runs(process).ShouldBeFalse();
    }

    [LinuxFact]
    public async Task A_command_within_a_command_is_ended_when_the_lock_is_to_be_released()
    {
        await using RunningProgram held = await BeginAsync(Shell);
        (int process, _) = await BegunAsync(held);

        ProgramResult ended = await held.TerminateAsync();

        ended.Output.ShouldBeEmpty();
        Runs(process).ShouldBeFalse();
        (await RunAsync("get", "work/", "--prefix")).Succeeded().ShouldBeEmpty("it is unlocked");
    }

    [LinuxFact]
    public async Task A_command_within_a_command_that_does_not_end_when_it_is_told_to_is_killed()
    {
        await using RunningProgram held = await BeginAsync("/bin/sh -c 'trap : TERM; echo $$ key; while :; do sleep 600; done'; echo never");
        (int process, _) = await BegunAsync(held);

        ProgramResult ended = await held.TerminateAsync();

        ended.Output.ShouldBeEmpty();
        Runs(process).ShouldBeFalse();
    }

    [LinuxFact]
    public async Task A_command_in_the_background_whose_parent_has_ended_is_ended_too()
    {
        await using RunningProgram held = await BeginAsync("/bin/sh -c 'sleep 600 & echo $! key'; exec sleep 600");
        (int process, _) = await BegunAsync(held);

        await held.TerminateAsync();

        Runs(process).ShouldBeFalse();
    }

    [LinuxFact]
    public async Task Nothing_is_left_of_a_command_in_the_background_that_ends_before()
    {
        await using RunningProgram held = await BeginAsync("/bin/sh -c 'sleep 0 & echo $! key'; exec sleep 600");
        (int process, _) = await BegunAsync(held);

        var clock = Stopwatch.StartNew();
        while (State(process) is not null)
        {
            clock.Elapsed.ShouldBeLessThan(Patience);
            await Task.Delay(20);
        }

        await held.TerminateAsync();
    }

    private async Task<RunningProgram> BeginAsync(string script) => RunningProgram.Start(
        Programs.Quorate, ["lock", "work", "--", "/bin/sh", "-c", script], ("QUORATE_ENDPOINTS", await servers.EndpointsAsync("quorate")));

    private static async Task<(int Process, string Key)> BegunAsync(RunningProgram held)
    {
        string[] said = (await held.ReadLineAsync())!.Split(' ');
        return (int.Parse(said[0], CultureInfo.InvariantCulture), said[1]);
    }

    private async Task<ProgramResult> RunAsync(params string[] arguments) =>
        await Programs.RunAsync(Programs.Quorate, arguments, variables: [("QUORATE_ENDPOINTS", await servers.EndpointsAsync("quorate"))]);

    private static bool Runs(int process) => State(process) is not (null or 'Z');

    /// <summary>The letter for what a process does; null if there is none.</summary>
    private static char? State(int process)
    {
        try
        {
            string status = File.ReadAllText($"/proc/{process}/stat");
            return status[status.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
