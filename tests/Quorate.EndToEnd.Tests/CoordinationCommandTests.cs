using System.Diagnostics;
using System.Text.Json;
using Quorate.Client.Tests;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests;

/// <summary>The commands of our command line that watch, and that rest on leases, against etcd's own server.</summary>
public sealed class CoordinationCommandTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [NeedsEtcdFact]
    public async Task A_lease_takes_its_keys_with_it_and_exit_codes_tell_of_one_that_is_not_there()
    {
        await using EtcdProcesses etcd = await EtcdProcesses.StartAsync();
        using JsonDocument granted = JsonDocument.Parse((await RunAsync(etcd, "lease", "grant", "600", "--output", "json")).Succeeded());
        string id = granted.RootElement.GetProperty("id").GetString()!;
        granted.RootElement.GetProperty("ttl").GetInt64().ShouldBe(600);
        (await RunAsync(etcd, "put", "mine", "1", "--lease", id)).Succeeded();
        (await RunAsync(etcd, "put", "mine", "--ignore-value", "--ignore-lease", "--prev-kv")).Succeeded().ShouldBe("OK\nmine\n1\n");

        (await RunAsync(etcd, "lease", "list")).Succeeded().ShouldBe(id + "\n");
        (await RunAsync(etcd, "lease", "timetolive", id, "--keys")).Succeeded().ShouldEndWith("\nmine\n");
        (await RunAsync(etcd, "lease", "keep-alive", id, "--once")).Succeeded().ShouldBe($"lease {id} keepalived with TTL(600)\n");
        (await RunAsync(etcd, "lease", "revoke", id)).Succeeded().ShouldBe($"lease {id} revoked\n");

        (await RunAsync(etcd, "get", "mine")).ExitCode.ShouldBe(3);
        (await RunAsync(etcd, "lease", "revoke", id)).ExitCode.ShouldBe(3);
        (await RunAsync(etcd, "lease", "timetolive", id)).ExitCode.ShouldBe(3);
        (await RunAsync(etcd, "lease", "keep-alive", id)).ExitCode.ShouldBe(3);
        (await RunAsync(etcd, "lease", "revoke", "no id")).ExitCode.ShouldBe(2);
        (await RunAsync(etcd, "put", "mine")).ExitCode.ShouldBe(2, "a value is missing");
    }

    [NeedsEtcdFact]
    public async Task A_command_runs_while_the_lock_is_held_and_its_exit_code_is_handed_on()
    {
        await using EtcdProcesses etcd = await EtcdProcesses.StartAsync();

        ProgramResult run = await RunAsync(etcd, "lock", "door", "--", "/bin/sh", "-c", "echo $QUORATE_LOCK_KEY $QUORATE_LOCK_TOKEN; exit 7");

        run.ExitCode.ShouldBe(7);
        run.Output.ShouldMatch("^door/[0-9a-f]+ [0-9]+\n$");
        (await RunAsync(etcd, "get", "door/", "--prefix")).Succeeded().ShouldBeEmpty("it is unlocked");
        (await RunAsync(etcd, "lock", "door", "no-such-program")).ExitCode.ShouldBe(1);
    }

    [NeedsEtcdFact]
    public async Task A_command_is_ended_when_its_lock_is_lost()
    {
        await using EtcdProcesses etcd = await EtcdProcesses.StartAsync();
        using Process held = Begin(etcd, "lock", "door", "--", "/bin/sh", "-c", "echo $QUORATE_LOCK_KEY; exec sleep 600");
        string key = (await held.StandardOutput.ReadLineAsync().WaitAsync(Patience))!;

        (await RunAsync(etcd, "del", key)).Succeeded().ShouldBe("1\n");

        await held.WaitForExitAsync().WaitAsync(Patience);
        held.ExitCode.ShouldBe(1);
    }

    [NeedsEtcdFact]
    public async Task A_watch_prints_each_batch_and_goes_on_at_its_bookmark()
    {
        await using EtcdProcesses etcd = await EtcdProcesses.StartAsync();
        using Process watch = Begin(etcd, "watch", "k/", "--prefix", "--prev-kv", "--output", "json");
        (await NextAsync(watch)).GetProperty("events").GetArrayLength().ShouldBe(0, "it is in place");
        (await RunAsync(etcd, "put", "k/1", "one")).Succeeded();
        JsonElement put = await NextAsync(watch);
        (await RunAsync(etcd, "del", "k/1")).Succeeded();
        JsonElement deleted = (await NextAsync(watch)).GetProperty("events")[0];
        watch.Kill();

        put.GetProperty("events")[0].GetProperty("kv").GetProperty("value").GetString().ShouldBe("one");
        deleted.GetProperty("type").GetString().ShouldBe("DELETE");
        deleted.GetProperty("prev_kv").GetProperty("value").GetString().ShouldBe("one");
        using Process again = Begin(etcd, "watch", "k/1", "--rev", $"{put.GetProperty("resume_revision").GetInt64()}");
        (await again.StandardOutput.ReadLineAsync().WaitAsync(Patience)).ShouldBe("DELETE");
        (await again.StandardOutput.ReadLineAsync().WaitAsync(Patience)).ShouldBe("k/1");
        again.Kill();
    }

    [NeedsEtcdFact]
    public async Task A_candidate_says_when_it_leads_and_is_heard_by_who_listens()
    {
        await using EtcdProcesses etcd = await EtcdProcesses.StartAsync();
        using Process leader = Begin(etcd, "elect", "chair", "me");
        (await leader.StandardOutput.ReadLineAsync().WaitAsync(Patience))!.ShouldStartWith("chair/");
        using Process listener = Begin(etcd, "elect", "chair", "--listen", "--output", "json");
        JsonElement heard = await NextAsync(listener);
        leader.Kill();
        listener.Kill();

        heard.GetProperty("value").GetString().ShouldBe("me");
        (await RunAsync(etcd, "elect", "chair")).ExitCode.ShouldBe(2, "neither a value nor --listen");
    }

    private static async Task<JsonElement> NextAsync(Process process)
    {
        using JsonDocument line = JsonDocument.Parse((await process.StandardOutput.ReadLineAsync().WaitAsync(Patience))!);
        return line.RootElement.Clone();
    }

    private static Task<ProgramResult> RunAsync(EtcdProcesses etcd, params string[] arguments) =>
        Programs.RunAsync(Programs.Quorate, arguments, variables: [("QUORATE_ENDPOINTS", etcd.Endpoints[0])]);

    private static Process Begin(EtcdProcesses etcd, params string[] arguments)
    {
        var start = new ProcessStartInfo(Programs.Quorate, arguments) { RedirectStandardOutput = true };
        start.Environment["QUORATE_ENDPOINTS"] = etcd.Endpoints[0];
        return Process.Start(start)!;
    }
}
