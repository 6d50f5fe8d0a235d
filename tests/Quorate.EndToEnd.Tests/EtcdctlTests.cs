using System.Text.Json;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests;

/// <summary>etcd's own command line, unchanged, against every member.</summary>
public sealed class EtcdctlTests : IAsyncLifetime
{
    private ClusterProcesses _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ClusterProcesses.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [NeedsEtcdctlFact]
    public async Task It_puts_gets_and_deletes_at_every_member()
    {
        foreach (MemberProcess member in _cluster.Members)
        {
            (await RunAsync(member, "put", $"key/{member.Name}", "one")).Succeeded().ShouldBe("OK\n");
            (await RunAsync(member, "put", $"key/{member.Name}", "two", "--prev-kv")).Succeeded().ShouldBe($"OK\nkey/{member.Name}\none\n");

            foreach (MemberProcess other in _cluster.Members)
            {
                (await RunAsync(other, "get", $"key/{member.Name}")).Succeeded().ShouldBe($"key/{member.Name}\ntwo\n");
            }
        }

        (await RunAsync(_cluster.Members[1], "get", "key/", "--prefix", "--keys-only")).Succeeded().ShouldBe("key/m1\n\nkey/m2\n\nkey/m3\n\n");
        (await RunAsync(_cluster.Members[1], "get", "key/", "--prefix", "--order=DESCEND", "--limit=1")).Succeeded().ShouldBe("key/m3\ntwo\n");
        (await RunAsync(_cluster.Members[2], "del", "key/", "--prefix", "--prev-kv")).Succeeded().ShouldStartWith("3\nkey/m1\ntwo\n");
        (await RunAsync(_cluster.Members[0], "get", "key/", "--prefix")).Succeeded().ShouldBeEmpty();
    }

    [NeedsEtcdctlFact]
    public async Task It_runs_transactions_at_every_member()
    {
        foreach (MemberProcess member in _cluster.Members)
        {
            string key = $"txn/{member.Name}";
            string transaction = $"create(\"{key}\") = \"0\"\n\nput {key} first\n\nget {key}\n\n";

            (await RunWithInputAsync(member, transaction, "txn")).Succeeded().ShouldBe("SUCCESS\n\nOK\n");
            (await RunWithInputAsync(member, transaction, "txn")).Succeeded().ShouldBe($"FAILURE\n\n{key}\nfirst\n");
        }
    }

    [NeedsEtcdctlFact]
    public async Task It_compacts_and_is_told_of_compacted_and_future_revisions_at_every_member()
    {
        foreach (MemberProcess member in _cluster.Members)
        {
            string key = $"history/{member.Name}";
            long first = await PutAsync(member, key, "1");
            long second = await PutAsync(member, key, "2");
            (await RunAsync(member, "get", key, $"--rev={first}")).Succeeded().ShouldBe($"{key}\n1\n");

            (await RunAsync(member, "compaction", $"{second}", "--physical")).Succeeded().ShouldBe($"compacted revision {second}\n");

            ProgramResult compacted = await RunAsync(member, "get", key, $"--rev={first}");
            compacted.ExitCode.ShouldNotBe(0);
            compacted.Error.ShouldContain("etcdserver: mvcc: required revision has been compacted");
            ProgramResult again = await RunAsync(member, "compaction", $"{second}");
            again.Error.ShouldContain("etcdserver: mvcc: required revision has been compacted");
            ProgramResult future = await RunAsync(member, "get", key, "--rev=1000000");
            future.Error.ShouldContain("etcdserver: mvcc: required revision is a future revision");
        }
    }

    [NeedsEtcdctlFact]
    public async Task It_reports_status_health_and_members()
    {
        foreach (MemberProcess member in _cluster.Members)
        {
            (await RunAsync(member, "endpoint", "health")).Succeeded();
            using JsonDocument status = JsonDocument.Parse((await RunAsync(member, "endpoint", "status", "-w", "json")).Succeeded());
            JsonElement answer = status.RootElement[0].GetProperty("Status");
            answer.GetProperty("leader").GetUInt64().ShouldNotBe(0UL);
            answer.GetProperty("raftTerm").GetInt64().ShouldBePositive();

            using JsonDocument members = JsonDocument.Parse((await RunAsync(member, "member", "list", "-w", "json")).Succeeded());
            JsonElement[] listed = [.. members.RootElement.GetProperty("members").EnumerateArray()];
            listed.Select(item => item.GetProperty("name").GetString()).Order().ShouldBe(["m1", "m2", "m3"]);
            listed.SelectMany(item => item.GetProperty("clientURLs").EnumerateArray()).Select(url => url.GetString()).Order()
                .ShouldBe(_cluster.Members.Select(other => $"http://{other.Endpoint}").Order());
        }

        (await Programs.RunAsync(Programs.Etcdctl!, [$"--endpoints={_cluster.Endpoints}", "endpoint", "status", "-w", "table"], variables: Api3))
            .Succeeded().Split('\n').Count(line => line.Contains(" true ")).ShouldBe(1, "one leads");
    }

    [NeedsEtcdctlFact]
    public async Task An_empty_key_is_refused_in_etcds_words()
    {
        ProgramResult refused = await RunAsync(_cluster.Members[0], "put", "", "value");

        refused.ExitCode.ShouldNotBe(0);
        refused.Error.ShouldContain("etcdserver: key is not provided");
    }

    private static (string, string)[] Api3 => [("ETCDCTL_API", "3")];

    private static Task<ProgramResult> RunAsync(MemberProcess member, params string[] arguments) =>
        Programs.RunAsync(Programs.Etcdctl!, [$"--endpoints={member.Endpoint}", "--command-timeout=30s", .. arguments], variables: Api3);

    private static Task<ProgramResult> RunWithInputAsync(MemberProcess member, string input, string command) =>
        Programs.RunAsync(Programs.Etcdctl!, [$"--endpoints={member.Endpoint}", "--command-timeout=30s", command], input, Api3);

    private static async Task<long> PutAsync(MemberProcess member, string key, string value)
    {
        using JsonDocument answer = JsonDocument.Parse((await RunAsync(member, "put", key, value, "-w", "json")).Succeeded());
        return answer.RootElement.GetProperty("header").GetProperty("revision").GetInt64();
    }
}
