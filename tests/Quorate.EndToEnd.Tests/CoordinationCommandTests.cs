using System.Diagnostics;
using System.Text.Json;
using Quorate.Client;
using Quorate.EndToEnd.Tests.Harness;
using Quorate.Etcd.Protocol;

namespace Quorate.EndToEnd.Tests;

/// <summary>The commands of our command line that watch, and that rest on leases, with our server and with etcd's own.</summary>
public sealed class CoordinationCommandTests(CommandServers servers) : IClassFixture<CommandServers>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Theory]
    [MemberData(nameof(CommandServers.Names), MemberType = typeof(CommandServers))]
    public async Task A_lease_takes_its_keys_with_it_and_exit_codes_tell_of_one_that_is_not_there(string server)
    {
        string endpoints = await servers.EndpointsAsync(server);
        using JsonDocument granted = JsonDocument.Parse((await RunAsync(endpoints, "lease", "grant", "600", "--output", "json")).Succeeded());
        string id = granted.RootElement.GetProperty("id").GetString()!;
        granted.RootElement.GetProperty("ttl").GetInt64().ShouldBe(600);
        (await RunAsync(endpoints, "put", "mine", "1", "--lease", id)).Succeeded();
        (await RunAsync(endpoints, "put", "mine", "--ignore-value", "--ignore-lease", "--prev-kv")).Succeeded().ShouldBe("OK\nmine\n1\n");

        (await RunAsync(endpoints, "lease", "list")).Succeeded().ShouldContain(id + "\n");
        (await RunAsync(endpoints, "lease", "timetolive", id, "--keys")).Succeeded().ShouldEndWith("\nmine\n");
        (await RunAsync(endpoints, "lease", "keep-alive", id, "--once")).Succeeded().ShouldBe($"lease {id} keepalived with TTL(600)\n");
        (await RunAsync(endpoints, "lease", "revoke", id)).Succeeded().ShouldBe($"lease {id} revoked\n");

        (await RunAsync(endpoints, "get", "mine")).ExitCode.ShouldBe(3);
        (await RunAsync(endpoints, "lease", "revoke", id)).ExitCode.ShouldBe(3);
        (await RunAsync(endpoints, "lease", "timetolive", id)).ExitCode.ShouldBe(3);
        (await RunAsync(endpoints, "lease", "keep-alive", id)).ExitCode.ShouldBe(3);
        (await RunAsync(endpoints, "lease", "revoke", "no id")).ExitCode.ShouldBe(2);
        (await RunAsync(endpoints, "put", "mine")).ExitCode.ShouldBe(2, "a value is missing");
    }

    [Theory]
    [MemberData(nameof(CommandServers.Names), MemberType = typeof(CommandServers))]
    public async Task A_command_runs_while_the_lock_is_held_and_its_exit_code_is_handed_on(string server)
    {
        string endpoints = await servers.EndpointsAsync(server);

        ProgramResult run = await RunAsync(endpoints, "lock", "door", "--", "/bin/sh", "-c", "echo $QUORATE_LOCK_KEY $QUORATE_LOCK_TOKEN; exit 7");

        run.ExitCode.ShouldBe(7);
        run.Output.ShouldMatch("^door/[0-9a-f]+ [0-9]+\n$");
        (await RunAsync(endpoints, "get", "door/", "--prefix")).Succeeded().ShouldBeEmpty("it is unlocked");
        (await RunAsync(endpoints, "lock", "door", "no-such-program")).ExitCode.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(CommandServers.Names), MemberType = typeof(CommandServers))]
    public async Task A_command_is_ended_when_its_lock_is_lost(string server)
    {
        string endpoints = await servers.EndpointsAsync(server);
        using Process held = Begin(endpoints, "lock", "door", "--", "/bin/sh", "-c", "echo $QUORATE_LOCK_KEY; exec sleep 600");
        string key = (await held.StandardOutput.ReadLineAsync().WaitAsync(Patience))!;

        (await RunAsync(endpoints, "del", key)).Succeeded().ShouldBe("1\n");

        await held.WaitForExitAsync().WaitAsync(Patience);
        held.ExitCode.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(CommandServers.Names), MemberType = typeof(CommandServers))]
    public async Task A_watch_prints_each_batch_and_goes_on_at_its_bookmark(string server)
    {
        string endpoints = await servers.EndpointsAsync(server);
        using Process watch = Begin(endpoints, "watch", "k/", "--prefix", "--prev-kv", "--output", "json");
        (await NextAsync(watch)).GetProperty("events").GetArrayLength().ShouldBe(0, "it is in place");
        (await RunAsync(endpoints, "put", "k/1", "one")).Succeeded();
        JsonElement put = await NextAsync(watch);
        (await RunAsync(endpoints, "del", "k/1")).Succeeded();
        JsonElement deleted = (await NextAsync(watch)).GetProperty("events")[0];
        watch.Kill();

        put.GetProperty("events")[0].GetProperty("kv").GetProperty("value").GetString().ShouldBe("one");
        deleted.GetProperty("type").GetString().ShouldBe("DELETE");
        deleted.GetProperty("prev_kv").GetProperty("value").GetString().ShouldBe("one");
        using Process again = Begin(endpoints, "watch", "k/1", "--rev", $"{put.GetProperty("resume_revision").GetInt64()}");
        (await again.StandardOutput.ReadLineAsync().WaitAsync(Patience)).ShouldBe("DELETE");
        (await again.StandardOutput.ReadLineAsync().WaitAsync(Patience)).ShouldBe("k/1");
        again.Kill();
    }

    [Theory]
    [MemberData(nameof(CommandServers.Names), MemberType = typeof(CommandServers))]
    public async Task A_candidate_says_when_it_leads_and_is_heard_by_who_listens(string server)
    {
        string endpoints = await servers.EndpointsAsync(server);
        using Process leader = Begin(endpoints, "elect", "chair", "me");
        (await leader.StandardOutput.ReadLineAsync().WaitAsync(Patience))!.ShouldStartWith("chair/");
        using Process listener = Begin(endpoints, "elect", "chair", "--listen", "--output", "json");
        JsonElement heard = await NextAsync(listener);
        leader.Kill();
        listener.Kill();

        heard.GetProperty("value").GetString().ShouldBe("me");
        (await RunAsync(endpoints, "elect", "chair")).ExitCode.ShouldBe(2, "neither a value nor --listen");
    }

    [Theory]
    [MemberData(nameof(CommandServers.Names), MemberType = typeof(CommandServers))]
    public async Task Who_stops_waiting_for_a_lock_or_an_election_leaves_the_line_and_has_certainly_got_nothing(string server)
    {
        string endpoints = await servers.EndpointsAsync(server);
        using var client = new QuorateClient(endpoints.Split(','));
        await using LockHandle held = await client.LockAsync("gate");
        foreach (string[] command in (string[][])[["lock", "gate"], ["elect", "gate", "me"]])
        {
            await using RunningProgram waiting = RunningProgram.Start(Programs.Quorate, command, ("QUORATE_ENDPOINTS", endpoints));
            await LineIsAsync(2);

            ProgramResult stopped = await waiting.InterruptAsync();

            stopped.ExitCode.ShouldBe(1, stopped.Error);
            stopped.Error.ShouldContain("stopped before");
            await LineIsAsync(1);
        }

        async Task LineIsAsync(int length)
        {
            KeyRange line = KeyRange.Prefix("gate/");
            var clock = Stopwatch.StartNew();
            while ((await client.RangeAsync(new RangeRequest { Key = line.Key, RangeEnd = line.RangeEnd })).Count != length)
            {
                clock.Elapsed.ShouldBeLessThan(Patience);
                await Task.Delay(20);
            }
        }
    }

    private static async Task<JsonElement> NextAsync(Process process)
    {
        using JsonDocument line = JsonDocument.Parse((await process.StandardOutput.ReadLineAsync().WaitAsync(Patience))!);
        return line.RootElement.Clone();
    }

    private static Task<ProgramResult> RunAsync(string endpoints, params string[] arguments) =>
        Programs.RunAsync(Programs.Quorate, arguments, variables: [("QUORATE_ENDPOINTS", endpoints)]);

    private static Process Begin(string endpoints, params string[] arguments)
    {
        var start = new ProcessStartInfo(Programs.Quorate, arguments) { RedirectStandardOutput = true };
        start.Environment["QUORATE_ENDPOINTS"] = endpoints;
        return Process.Start(start)!;
    }
}
