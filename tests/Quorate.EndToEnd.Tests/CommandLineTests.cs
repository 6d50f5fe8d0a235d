using System.Diagnostics;
using System.Text.Json;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests;

/// <summary>Our own command line, as a person and as a script uses it.</summary>
public sealed class CommandLineTests : IAsyncLifetime
{
    private ClusterProcesses _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ClusterProcesses.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task What_is_put_is_got_until_it_is_deleted()
    {
        (await RunAsync("put", "greeting", "hello")).Succeeded();
        (await RunAsync("get", "greeting")).Succeeded().ShouldBe("greeting\nhello\n");
        (await RunAsync("get", "greeting", "--value-only")).Succeeded().ShouldBe("hello\n");

        using JsonDocument got = JsonDocument.Parse((await RunAsync("get", "greeting", "--output", "json")).Succeeded());
        JsonElement record = got.RootElement.GetProperty("kvs")[0];
        record.GetProperty("key").GetString().ShouldBe("greeting");
        record.GetProperty("version").GetInt64().ShouldBe(1);

        (await RunAsync("del", "greeting")).Succeeded().ShouldBe("1\n");
        (await RunAsync("get", "greeting")).ExitCode.ShouldBe(3, "there is no such key");
        (await RunAsync("del", "greeting")).ExitCode.ShouldBe(3, "there is no such key");
    }

    [Fact]
    public async Task A_value_may_come_from_standard_input_and_may_begin_with_a_dash()
    {
        (await RunWithInputAsync("line 1\nline 2", "put", "text", "-")).Succeeded();
        (await RunAsync("get", "text", "--value-only")).Succeeded().ShouldBe("line 1\nline 2\n");
        (await RunWithInputAsync("line 3", "put", "text")).Succeeded();
        (await RunAsync("get", "text", "--value-only")).Succeeded().ShouldBe("line 3\n", "as with etcdctl");
        (await RunAsync("put", "dash", "--", "--value")).Succeeded();
        (await RunAsync("get", "dash", "--value-only")).Succeeded().ShouldBe("--value\n");
    }

    [Fact]
    public async Task A_value_that_is_forgotten_is_not_taken_for_an_empty_one()
    {
        (await RunAsync("put", "kept", "1")).Succeeded();

        ProgramResult forgotten = await RunWithInputAsync(string.Empty, "put", "kept");

        forgotten.ExitCode.ShouldBe(2);
        forgotten.Error.ShouldContain("give it after the key, or on standard input");
        (await RunAsync("get", "kept", "--value-only")).Succeeded().ShouldBe("1\n");
        (await RunAsync("put", "kept", "")).Succeeded();
        (await RunAsync("get", "kept", "--value-only")).Succeeded().ShouldBe("\n");
        (await RunWithInputAsync(string.Empty, "put", "kept", "-")).Succeeded();
    }

    [NeedsTerminalFact]
    public async Task Who_forgets_a_value_at_a_terminal_is_told_at_once()
    {
        // 'script' runs a command at a terminal of its own.
        ProgramResult forgotten = await Programs.RunAsync(
            Programs.Script!, ["-qec", $"'{Programs.Quorate}' put kept --endpoints {_cluster.Endpoints} < /dev/tty", "/dev/null"]);

        forgotten.ExitCode.ShouldBe(2);
        forgotten.Output.ShouldContain("the value is missing");
    }

    [Fact]
    public async Task A_transaction_compares_and_then_does_one_or_the_other()
    {
        const string transaction = "version(\"lock\") = \"0\"\n\nput lock mine\n\nget lock\n\n";

        (await RunWithInputAsync(transaction, "txn")).Succeeded().ShouldStartWith("SUCCESS\n");
        (await RunWithInputAsync(transaction, "txn")).Succeeded().ShouldBe("FAILURE\nlock\nmine\n");
        ProgramResult malformed = await RunWithInputAsync("colour(\"lock\") = \"0\"\n\n\n", "txn");
        malformed.ExitCode.ShouldBe(2);
        malformed.Error.ShouldContain("colour");
    }

    [Fact]
    public async Task The_results_of_a_transaction_are_told_apart()
    {
        (await RunAsync("put", "old", "1")).Succeeded();
        const string transaction = "version(\"new\") = \"0\"\n\nput new 1\nget new\ndel old\n\nget new\n";

        using JsonDocument done = JsonDocument.Parse((await RunWithInputAsync(transaction, "txn", "--output", "json")).Succeeded());
        JsonElement responses = done.RootElement.GetProperty("responses");
        responses[0].TryGetProperty("response_put", out _).ShouldBeTrue();
        responses[1].GetProperty("response_range").GetProperty("kvs")[0].GetProperty("value").GetString().ShouldBe("1");
        responses[2].GetProperty("response_delete_range").GetProperty("deleted").GetInt64().ShouldBe(1);

        // A compare that fails is an answer and no failure, as with etcdctl.
        using JsonDocument otherwise = JsonDocument.Parse((await RunWithInputAsync(transaction, "txn", "--output", "json")).Succeeded());
        otherwise.RootElement.GetProperty("succeeded").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Keys_that_are_no_text_stay_what_they_are()
    {
        // A process is started with text; a shell makes the bytes.
        const string script = "\"$0\" put \"$(printf 'b\\377')\" \"$(printf '\\376')\" && \"$0\" put \"$(printf 'b\\376')\" other && \"$0\" get b --prefix --output json";
        ProgramResult got = await Programs.RunAsync("/bin/sh", ["-c", script, Programs.Quorate], null, [("QUORATE_ENDPOINTS", _cluster.Endpoints)]);

        string json = got.Succeeded().Split('\n')[^2];
        using JsonDocument records = JsonDocument.Parse(json);
        records.RootElement.GetProperty("kvs").EnumerateArray().Select(record => record.GetProperty("key_base64").GetBytesFromBase64())
            .ShouldBe([[(byte)'b', 0xfe], [(byte)'b', 0xff]]);
    }

    [Fact]
    public async Task A_write_to_a_port_for_members_is_certainly_not_carried_out()
    {
        ProgramResult refused = await RunAsync("put", "k", "v", "--endpoints", $"127.0.0.1:{_cluster.Members[0].PeerPort}", "--timeout", "6");

        refused.ExitCode.ShouldBe(5);
        refused.Error.ShouldContain("does not speak gRPC");
    }

    [Fact]
    public async Task Status_shows_the_others_when_a_member_is_down_and_fails()
    {
        await _cluster.Members[2].KillAsync();

        ProgramResult status = await RunAsync("status");

        status.ExitCode.ShouldBe(5);
        status.Output.ShouldContain(_cluster.Members[0].Endpoint);
        status.Output.ShouldContain("no answer");
        status.Output.ShouldNotContain("\u001b");
        status.Error.ShouldContain(_cluster.Members[2].Endpoint);
    }

    [Fact]
    public async Task An_import_that_stored_nothing_leaves_no_checkpoint()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("in.txt"), "malformed\n");

        (await RunAsync("import", folder.File("in.txt"))).ExitCode.ShouldBe(2);

        File.Exists(folder.File("in.txt.resume")).ShouldBeFalse();
    }

    [Fact]
    public async Task Compaction_forgets_and_says_so()
    {
        (await RunAsync("put", "k", "1")).Succeeded();
        (await RunAsync("put", "k", "2")).Succeeded();
        using JsonDocument status = JsonDocument.Parse((await RunAsync("status", "--output", "json")).Succeeded());
        using JsonDocument got = JsonDocument.Parse((await RunAsync("get", "k", "--output", "json")).Succeeded());
        long revision = got.RootElement.GetProperty("kvs")[0].GetProperty("mod_revision").GetInt64();

        (await RunAsync("compact", $"{revision}")).Succeeded();

        ProgramResult gone = await RunAsync("get", "k", "--rev", $"{revision - 1}");
        gone.ExitCode.ShouldBe(1);
        gone.Error.ShouldContain("has been compacted");
        status.RootElement.GetArrayLength().ShouldBe(3);
    }

    [Fact]
    public async Task Status_and_members_name_everybody_and_one_leader()
    {
        using JsonDocument status = JsonDocument.Parse((await RunAsync("status", "--output", "json")).Succeeded());
        status.RootElement.EnumerateArray().Count(member => member.GetProperty("is_leader").GetBoolean()).ShouldBe(1);

        string members = (await RunAsync("members")).Succeeded();
        foreach (MemberProcess member in _cluster.Members)
        {
            members.ShouldContain(member.Name);
            members.ShouldContain(member.Endpoint);
        }
    }

    [Fact]
    public async Task Leadership_is_handed_to_a_member_by_its_name_its_id_or_its_address()
    {
        using JsonDocument members = JsonDocument.Parse((await RunAsync("members", "--output", "json")).Succeeded());
        JsonElement target = members.RootElement.GetProperty("members")[1];
        string name = target.GetProperty("name").GetString()!;
        ulong id = target.GetProperty("id").GetUInt64();

        foreach (string text in (string[])[name, $"{id:x}", target.GetProperty("client_urls")[0].GetString()!])
        {
            (await RunAsync("move-leader", text)).Succeeded().ShouldBe($"leadership is handed to {name} ({id:x})\n");

            // One that has not heard of it yet names the former leader, which would refuse.
            while (!await AllFollowAsync(id))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        }

        ProgramResult nobody = await RunAsync("move-leader", "b");
        nobody.ExitCode.ShouldBe(1);
        foreach (JsonElement member in members.RootElement.GetProperty("members").EnumerateArray())
        {
            nobody.Error.ShouldContain($"{member.GetProperty("name").GetString()} ({member.GetProperty("id").GetUInt64():x})");
        }
    }

    private async Task<bool> AllFollowAsync(ulong leader)
    {
        using JsonDocument status = JsonDocument.Parse((await RunAsync("status", "--output", "json")).Succeeded());
        return status.RootElement.EnumerateArray().All(member => member.GetProperty("leader").GetUInt64() == leader);
    }

    [Fact]
    public async Task What_is_exported_can_be_imported_again()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("in.txt"), string.Concat(Enumerable.Range(0, 1000).Select(i => $"item/{i:d4}\tvalue \\n {i}\n")));
        (await RunAsync("import", folder.File("in.txt"))).Succeeded();
        (await RunAsync("export", folder.File("out.txt"), "--prefix", "item/", "--format", "key-value")).Succeeded();
        (await File.ReadAllTextAsync(folder.File("out.txt"))).ShouldBe(await File.ReadAllTextAsync(folder.File("in.txt")));

        ProgramResult malformed = await RunWithInputAsync(string.Empty, "import", folder.File("missing.txt"));
        malformed.ExitCode.ShouldBe(2);
        malformed.Error.ShouldContain("missing.txt");
    }

    [Fact]
    public async Task An_import_that_failed_half_way_goes_on_from_there()
    {
        using var folder = new TemporaryFolder();
        string input = folder.File("in.txt");
        await File.WriteAllTextAsync(input, "a\t1\nb\t2\nc\t3\nthis line is malformed\n");
        ProgramResult failed = await RunAsync("import", input, "--batch", "1");
        failed.ExitCode.ShouldBe(2);
        failed.Error.ShouldContain("line 4");
        File.Exists(input + ".resume").ShouldBeTrue();

        // The same length and beginning would be the same file; a mended one is not, and begins anew.
        await File.WriteAllTextAsync(input, "a\t1\nb\t2\nc\t3\nd\t4\n");
        (await RunAsync("import", input)).Succeeded();
        (await RunAsync("get", "d", "--value-only")).Succeeded().ShouldBe("4\n");
        File.Exists(input + ".resume").ShouldBeFalse();
    }

    [Fact]
    public async Task What_cannot_be_reached_and_what_is_not_understood_have_exit_codes_of_their_own()
    {
        ProgramResult unreachable = await Programs.RunAsync(
            Programs.Quorate, ["get", "k", "--endpoints", $"127.0.0.1:{Ports.Take()}", "--timeout", "2"]);
        unreachable.ExitCode.ShouldBe(5);
        unreachable.Error.ShouldContain("127.0.0.1");

        ProgramResult misspelt = await RunAsync("gett", "k");
        misspelt.ExitCode.ShouldBe(2);
        misspelt.Error.ShouldContain("gett");

        (await RunAsync("put", "", "v")).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task A_misspelt_option_is_not_taken_for_an_argument()
    {
        ProgramResult read = await RunAsync("get", "k", "--prefixx");
        read.ExitCode.ShouldBe(2);
        read.Error.ShouldContain("'--prefixx' is no option of 'get'");
        ProgramResult written = await RunAsync("put", "k", "-5");
        written.ExitCode.ShouldBe(2);
        written.Error.ShouldContain("after --");

        (await RunAsync("put", "--", "k", "-5")).Succeeded();
        (await RunAsync("get", "k", "--value-only", "--limit", "1")).Succeeded().ShouldBe("-5\n");
    }

    [Fact]
    public async Task Without_a_command_it_says_what_there_is()
    {
        ProgramResult alone = await RunAsync();
        alone.ExitCode.ShouldBe(2);
        alone.Output.ShouldContain("import");
        foreach (string command in (string[])["serve", "dev", "put", "get", "del", "txn", "compact", "watch", "lease", "lock", "elect", "status", "members", "move-leader", "import", "export"])
        {
            (await RunAsync(command, "--help")).Succeeded().ShouldContain($"quorate {command}");
        }

        string version = (await RunAsync("--version")).Succeeded();
        version.ShouldContain("0.");
        (await RunAsync("version")).Succeeded().ShouldBe(version, "as etcd's operators type it");
    }

    [Fact]
    public async Task Who_mistypes_is_told_where_the_help_is()
    {
        (await RunAsync("lease", "grant", "--tll", "5")).Error.ShouldContain("'quorate lease grant --help'");
        (await RunAsync("put", "--vaule", "5")).Error.ShouldContain("'quorate put --help'");
        (await RunAsync("--nothing")).Error.ShouldContain("'quorate serve --help'"); // Flags alone are the server's.
    }

    [Fact]
    public async Task An_import_under_another_prefix_does_not_go_on_where_the_first_was()
    {
        using var folder = new TemporaryFolder();
        string input = folder.File("in.txt");
        await File.WriteAllTextAsync(input, "a\t1\nb\t2\nc\t3\nthis line is malformed\n");
        (await RunAsync("import", input, "--batch", "1", "--prefix", "one/")).ExitCode.ShouldBe(2);
        File.Exists(input + ".resume").ShouldBeTrue();

        ProgramResult again = await RunAsync("import", input, "--batch", "1", "--prefix", "one/");
        again.ExitCode.ShouldBe(2);
        again.Error.ShouldContain("going on after 2 records");
        ProgramResult other = await RunAsync("import", input, "--batch", "1", "--prefix", "two/");
        other.ExitCode.ShouldBe(2);
        other.Error.ShouldNotContain("going on");

        (await RunAsync("get", "two/", "--prefix")).Succeeded().ShouldBe("two/a\n1\ntwo/b\n2\n");
    }

    [Fact]
    public async Task An_import_that_is_killed_is_completed_by_the_same_command()
    {
        using var folder = new TemporaryFolder();
        string input = folder.File("in.txt");
        string[] lines = [.. Enumerable.Range(0, 20_000).Select(i => $"killed/{i:d5}\t{i}")];
        await File.WriteAllLinesAsync(input, lines);
        string[] import = ["import", input, "--batch", "2", "--in-flight", "2"];
        using (Process first = Programs.Start(Programs.Quorate, import, [("QUORATE_ENDPOINTS", _cluster.Endpoints)]))
        {
            // The checkpoint says that some, and that it is under way that not all, are stored.
            while (!File.Exists(input + ".resume") && !first.HasExited)
            {
                await Task.Delay(10);
            }

            first.HasExited.ShouldBeFalse("the kill must come while the import runs");
            first.Kill();
            await first.WaitForExitAsync();
        }

        ProgramResult second = await RunAsync(["import", input, "--output", "json"]);

        second.Error.ShouldContain("going on after");
        using JsonDocument summary = JsonDocument.Parse(second.Succeeded());
        summary.RootElement.GetProperty("records").GetInt64().ShouldBe(lines.Length);
        summary.RootElement.GetProperty("records_this_run").GetInt64().ShouldBeLessThan(lines.Length);
        (await RunAsync("export", folder.File("out.txt"), "--prefix", "killed/", "--format", "key-value")).Succeeded();
        (await File.ReadAllLinesAsync(folder.File("out.txt"))).ShouldBe(lines);
    }

    private Task<ProgramResult> RunAsync(params string[] arguments) => RunWithInputAsync(null, arguments);

    private Task<ProgramResult> RunWithInputAsync(string? input, params string[] arguments) =>
        Programs.RunAsync(Programs.Quorate, arguments, input, [("QUORATE_ENDPOINTS", _cluster.Endpoints)]);
}
