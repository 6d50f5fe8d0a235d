using System.Net;
using System.Text.Json;
using Google.Protobuf;
using Quorate.Client;
using Quorate.EndToEnd.Tests.Harness;
using Quorate.Etcd.Protocol;

namespace Quorate.EndToEnd.Tests;

/// <summary>What operators do with etcd's command line and ours: alarms, snapshots, hashes, leadership, users.</summary>
public sealed class MaintenanceTests : IAsyncLifetime
{
    private const int QuotaBytes = 400_000;

    private ClusterProcesses _cluster = null!;

    private MemberProcess First => _cluster.Members[0];

    /// <summary>Members are patient, so that leadership moves when it is told to and not when the machine is busy.</summary>
    public async Task InitializeAsync() =>
        _cluster = await ClusterProcesses.StartAsync(3, $"--quota-backend-bytes={QuotaBytes}", "--election-timeout=3000");

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [NeedsEtcdctlFact]
    public async Task A_full_cluster_says_so_everywhere_and_takes_writes_again_once_there_is_room_and_the_alarm_is_cleared()
    {
        string value = new('x', 50_000);
        ProgramResult refused = new(0, "", "");
        for (int i = 0; i < 12 && refused.ExitCode == 0; i++)
        {
            refused = await EtcdctlAsync(First, "put", $"fill/{i}", value);
        }

        refused.Error.ShouldContain("etcdserver: mvcc: database space exceeded");
        ProgramResult own = await Programs.RunAsync(Programs.Quorate, ["put", "small", "1", "--endpoints", First.Endpoint]);
        own.ExitCode.ShouldBe(4, "it cannot tell that this is no etcd");
        own.Error.ShouldContain("is full; whether the write took effect is not known (quorate refuses it");
        own.Error.ShouldContain("'quorate alarm disarm'", customMessage: "what helps");
        foreach (MemberProcess member in _cluster.Members)
        {
            (await EtcdctlAsync(member, "alarm", "list")).Succeeded().ShouldContain("alarm:NOSPACE");
            (await EtcdctlAsync(member, "put", "small", "1")).Error.ShouldContain("etcdserver: mvcc: database space exceeded");
            (await EtcdctlAsync(member, "get", "fill/0", "--keys-only")).Succeeded().ShouldStartWith("fill/0");
            (await EtcdctlAsync(member, "endpoint", "status", "-w", "json")).Succeeded().ShouldContain("alarm:NOSPACE");
            (HttpStatusCode code, string body) = await GetAsync(member, "/health");
            code.ShouldBe(HttpStatusCode.ServiceUnavailable);
            body.ShouldBe("""{"health":"false","reason":"ALARM NOSPACE"}""");
            (await GetAsync(member, "/health?exclude=NOSPACE")).Code.ShouldBe(HttpStatusCode.OK);
            (await GetAsync(member, "/readyz")).Code.ShouldBe(HttpStatusCode.OK, "it still answers, and can be emptied");
        }

        using JsonDocument alarms = JsonDocument.Parse((await QuorateAsync("alarm", "list", "--output", "json")).Succeeded());
        ulong alarmed = alarms.RootElement.GetProperty("alarms")[0].GetProperty("member_id").GetUInt64();
        (await QuorateAsync("alarm", "list")).Succeeded().ShouldContain($"memberID:{alarmed:x} alarm:NOSPACE");
        (await QuorateAsync("status")).Succeeded().ShouldContain($": memberID:{alarmed:x} alarm:NOSPACE");

        (await EtcdctlAsync(First, "del", "fill/", "--prefix")).Succeeded();
        long revision = await RevisionAsync();
        (await EtcdctlAsync(First, "compaction", $"{revision}")).Succeeded();
        (await EtcdctlAsync(First, "defrag")).Succeeded();
        (await EtcdctlAsync(_cluster.Members[1], "put", "small", "1")).ExitCode.ShouldNotBe(0, "there is room, but the alarm is active");
        (await EtcdctlAsync(_cluster.Members[2], "alarm", "disarm")).Succeeded().ShouldContain("alarm:NOSPACE");
        (await EtcdctlAsync(_cluster.Members[1], "put", "small", "1")).Succeeded();
        (await EtcdctlAsync(First, "alarm", "list")).Succeeded().ShouldBeEmpty();
        (await GetAsync(First, "/health")).Code.ShouldBe(HttpStatusCode.OK);
        (await QuorateAsync("alarm", "disarm")).Succeeded().ShouldBeEmpty();
    }

    [NeedsEtcdctlFact]
    public async Task What_was_saved_under_load_by_etcdctl_or_by_us_becomes_a_cluster_with_all_that_was_acknowledged_before()
    {
        using var folder = new TemporaryFolder();
        string theirs = folder.File("etcdctl.db");
        string ours = folder.File("ours.db");
        await using (var writer = new Writer(_cluster, 4))
        {
            await writer.WritesMoreAsync(200);
            (await QuorateAsync("put", "before", "both")).Succeeded();
            (await EtcdctlAsync(First, "snapshot", "save", theirs)).Succeeded().ShouldContain("Snapshot saved at");
            (await QuorateAsync("snapshot", "save", ours)).Succeeded().ShouldContain("saved revision");
            await writer.WritesMoreAsync(20);
        }

        foreach (string file in new[] { theirs, ours })
        {
            (new FileInfo(file).Length % 512).ShouldBe(32);
            using JsonDocument status = JsonDocument.Parse((await RunAsync("snapshot", "status", file, "--output", "json")).Succeeded());
            long revision = status.RootElement.GetProperty("revision").GetInt64();
            uint hash = status.RootElement.GetProperty("hash").GetUInt32();
            (await HashAsync(First, revision)).ShouldBe(hash, "a member has the same at that revision");
            RangeResponse expected = await AllKeysAsync(First, revision);
            expected.Count.ShouldBe(status.RootElement.GetProperty("totalKey").GetInt64());
            expected.Kvs.ShouldContain(record => record.Key == ByteString.CopyFromUtf8("before"));

            await RestoredClusterHasAsync(file, expected, hash);
        }

        (await RunAsync("snapshot", "status", ours)).Succeeded().ShouldContain("revision");
        (await EtcdctlAsync(First, "snapshot", "status", theirs)).Error.ShouldContain("invalid database", customMessage: "as the README says");
    }

    [Fact]
    public async Task When_the_majority_is_lost_a_cluster_is_made_of_the_data_folder_that_is_left()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("extracted.db");
        MemberProcess left = _cluster.Members[1];
        await using (var writer = new Writer(_cluster, 4))
        {
            await writer.WritesMoreAsync(200);
        }

        RangeResponse expected = await AllKeysAsync(left, await RevisionAsync()); // linearizable: it has applied all that was acknowledged
        uint hash = await HashAsync(left, expected.Header.Revision);

        ProgramResult inUse = await RunAsync("snapshot", "extract", file, "--data-dir", left.DataFolder);
        inUse.ExitCode.ShouldBe(1);
        inUse.Error.ShouldContain("stop it");
        foreach (MemberProcess member in _cluster.Members)
        {
            await member.KillAsync();
        }

        (await RunAsync("snapshot", "extract", file, "--data-dir", left.DataFolder)).Succeeded()
            .ShouldContain($"extracted revision {expected.Header.Revision}");
        await RestoredClusterHasAsync(file, expected, hash);

        ProgramResult none = await RunAsync("snapshot", "extract", file, "--data-dir", folder.File("none"));
        (none.ExitCode, none.Error).ShouldBe((1, $"error: there is no folder '{folder.File("none")}'\n"));
    }

    [Fact]
    public async Task A_snapshot_that_is_damaged_or_none_is_refused_and_nothing_is_made_of_it()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("s.db");
        (await QuorateAsync("put", "a", "1")).Succeeded();
        (await QuorateAsync("snapshot", "save", file)).Succeeded();
        File.Exists(file + ".partial").ShouldBeFalse();
        byte[] bytes = await File.ReadAllBytesAsync(file);
        bytes[100] ^= 1;
        await File.WriteAllBytesAsync(folder.File("damaged.db"), bytes);

        ProgramResult damaged = await RunAsync("snapshot", "status", folder.File("damaged.db"));
        damaged.ExitCode.ShouldBe(2);
        damaged.Error.ShouldContain("its checksum does not fit");

        string target = folder.File("restored");
        (await RunAsync("snapshot", "restore", folder.File("damaged.db"), "--data-dir", target)).ExitCode.ShouldBe(2);
        Directory.Exists(target).ShouldBeFalse();
        (await RunAsync("snapshot", "restore", file, "--data-dir", target, "--name", "x", "--initial-cluster", "y=http://127.0.0.1:1")).ExitCode.ShouldBe(2);
        (await RunAsync("snapshot", "restore", file, "--data-dir", target)).Succeeded();
        ProgramResult again = await RunAsync("snapshot", "restore", file, "--data-dir", target);
        again.ExitCode.ShouldBe(1);
        again.Error.ShouldContain("exists already");
        string sameCluster = string.Join(',', _cluster.Members.Select(member => $"{member.Name}=http://127.0.0.1:{member.PeerPort}"));
        ProgramResult same = await RunAsync(
            "snapshot", "restore", file, "--data-dir", folder.File("same"), "--name", "m1", "--initial-cluster", sameCluster);
        same.ExitCode.ShouldBe(2);
        same.Error.ShouldContain("--initial-cluster-token");
    }

    [NeedsEtcdctlFact]
    public async Task Etcdctl_hashes_moves_the_leader_and_is_refused_in_etcds_words()
    {
        (await EtcdctlAsync(First, "put", "a", "1")).Succeeded();
        long revision = await RevisionAsync();
        string[] hashes = await Task.WhenAll(_cluster.Members.Select(async member =>
        {
            using JsonDocument answer = JsonDocument.Parse((await EtcdctlAsync(member, "endpoint", "hashkv", $"--rev={revision}", "-w", "json")).Succeeded());
            return answer.RootElement[0].GetProperty("HashKV").GetProperty("hash").GetRawText();
        }));
        hashes.Distinct().Count().ShouldBe(1);

        (MemberProcess leader, ulong[] followers) = await RolesAsync();
        MemberProcess follower = _cluster.Members.First(member => member != leader);
        ProgramResult notLeader = await EtcdctlAsync(follower, "move-leader", followers[0].ToString("x"));
        notLeader.ExitCode.ShouldNotBe(0);
        (await EtcdctlAsync(leader, "move-leader", "1234")).Error.ShouldContain("etcdserver: bad leader transferee");
        (await EtcdctlAsync(leader, "move-leader", followers[0].ToString("x"))).Succeeded().ShouldContain("Leadership transferred");
        (await RolesAsync()).Leader.ShouldNotBe(leader);
        (await EtcdctlAsync(First, "member", "add", "m4", "--peer-urls=http://127.0.0.1:1")).Error.ShouldContain("cannot change the members of a running cluster yet");
    }

    [NeedsEtcdctlFact]
    public async Task Etcdctl_prepares_users_and_roles_and_cannot_switch_authentication_on()
    {
        (await EtcdctlAsync(First, "user", "add", "zoe:swordfish")).Succeeded().ShouldContain("User zoe created");
        (await EtcdctlAsync(First, "user", "add", "zoe:swordfish")).Error.ShouldContain("etcdserver: user name already exists");
        (await EtcdctlAsync(First, "user", "add", "cert", "--no-password")).Succeeded();
        (await EtcdctlAsync(First, "role", "add", "writer")).Succeeded().ShouldContain("Role writer created");
        (await EtcdctlAsync(First, "role", "grant-permission", "writer", "readwrite", "app/", "--prefix")).Succeeded();
        (await EtcdctlAsync(First, "user", "grant-role", "zoe", "writer")).Succeeded();
        (await EtcdctlAsync(First, "user", "grant-role", "zoe", "none")).Error.ShouldContain("etcdserver: role name not found");
        foreach (MemberProcess member in _cluster.Members)
        {
            (await EtcdctlAsync(member, "user", "get", "zoe")).Succeeded().ShouldContain("Roles: writer");
            (await EtcdctlAsync(member, "role", "get", "writer")).Succeeded().ShouldContain("app/");
            (await EtcdctlAsync(member, "user", "list")).Succeeded().ShouldBe("cert\nzoe\n");
            (await EtcdctlAsync(member, "role", "list")).Succeeded().ShouldBe("writer\n");
        }

        (await EtcdctlAsync(First, "auth", "enable")).Error.ShouldContain("etcdserver: root user does not exist");
        (await EtcdctlAsync(First, "user", "add", "root:secret")).Succeeded();
        (await EtcdctlAsync(First, "auth", "enable")).Error.ShouldContain("etcdserver: root user does not have root role");
        (await EtcdctlAsync(First, "user", "grant-role", "root", "root")).Succeeded();
        (await EtcdctlAsync(First, "auth", "enable")).Error.ShouldContain("authentication cannot be enabled");
        (await EtcdctlAsync(First, "--user=zoe:swordfish", "get", "a")).Error.ShouldNotContain("permission denied");
        (await EtcdctlAsync(First, "user", "revoke-role", "zoe", "writer")).Succeeded();
        (await EtcdctlAsync(First, "role", "delete", "writer")).Succeeded();
        (await EtcdctlAsync(First, "user", "delete", "zoe")).Succeeded();
        (await EtcdctlAsync(First, "user", "get", "zoe")).Error.ShouldContain("etcdserver: user name not found");
    }

    [Fact]
    public async Task The_version_is_told_where_clients_ask_for_it()
    {
        using JsonDocument version = JsonDocument.Parse((await GetAsync(First, "/version")).Body);
        version.RootElement.GetProperty("etcdserver").GetString().ShouldBe("3.7.0");
        version.RootElement.GetProperty("etcdcluster").GetString().ShouldBe("3.7.0");
        using var client = new QuorateClient(First.Endpoint);
        (await client.StatusAsync()).Version.ShouldBe("3.7.0");
    }

    private static async Task RestoredClusterHasAsync(string file, RangeResponse expected, uint hash)
    {
        using var folder = new TemporaryFolder();
        (string Name, int Client, int Peer)[] plan = [.. new[] { "r1", "r2", "r3" }.Select(name => (name, Ports.Take(), Ports.Take()))];
        string members = string.Join(',', plan.Select(member => $"{member.Name}=http://127.0.0.1:{member.Peer}"));
        List<MemberProcess> restored = [];
        try
        {
            foreach ((string name, int client, int peer) in plan)
            {
                (await RunAsync(
                    "snapshot", "restore", file, "--data-dir", folder.File(name), "--name", name,
                    "--initial-cluster", members, "--initial-cluster-token", "restored")).Succeeded().ShouldContain("restored revision");
                restored.Add(new MemberProcess(name, folder.File(name), client, peer, members, "--initial-cluster-token", "restored"));
                restored[^1].Launch();
            }

            foreach (MemberProcess member in restored)
            {
                await member.ReadyAsync();
            }

            foreach (MemberProcess member in restored)
            {
                RangeResponse found = await AllKeysAsync(member, expected.Header.Revision);
                found.Kvs.ShouldBe(expected.Kvs);
                (await HashAsync(member, 0)).ShouldBe(hash);
            }

            using var writer = new QuorateClient(restored[1].Endpoint);
            (await writer.PutAsync("after", "1")).Header.Revision.ShouldBe(expected.Header.Revision + 1);
        }
        finally
        {
            foreach (MemberProcess member in restored)
            {
                await member.DisposeAsync();
            }
        }
    }

    /// <summary>Everything at a revision, its header naming that revision.</summary>
    private static async Task<RangeResponse> AllKeysAsync(MemberProcess member, long revision)
    {
        using var client = new QuorateClient(member.Endpoint);
        RangeResponse all = await client.RangeAsync(
            new RangeRequest { Key = ByteString.CopyFrom(0), RangeEnd = ByteString.CopyFrom(0), Revision = revision });
        all.Header.Revision = revision;
        return all;
    }

    private static async Task<uint> HashAsync(MemberProcess member, long revision)
    {
        using var client = new QuorateClient(member.Endpoint);
        return (await client.HashKVAsync(revision)).Hash;
    }

    private static async Task<(HttpStatusCode Code, string Body)> GetAsync(MemberProcess member, string path)
    {
        using var http = new HttpClient();
        using HttpResponseMessage response = await http.GetAsync(new Uri($"http://{member.Endpoint}{path}"));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static Task<ProgramResult> EtcdctlAsync(MemberProcess member, params string[] arguments) =>
        Programs.RunAsync(Programs.Etcdctl!, [$"--endpoints={member.Endpoint}", "--command-timeout=30s", .. arguments], variables: [("ETCDCTL_API", "3")]);

    private static Task<ProgramResult> RunAsync(params string[] arguments) => Programs.RunAsync(Programs.Quorate, arguments);

    private Task<ProgramResult> QuorateAsync(params string[] arguments) => RunAsync([.. arguments, "--endpoints", _cluster.Endpoints]);

    private async Task<long> RevisionAsync()
    {
        using var client = new QuorateClient(First.Endpoint);
        return (await client.RangeAsync(new RangeRequest { Key = ByteString.CopyFromUtf8("none") })).Header.Revision;
    }

    /// <summary>Who leads and who follows, once all members say the same.</summary>
    private async Task<(MemberProcess Leader, ulong[] Followers)> RolesAsync()
    {
        for (int attempt = 0; attempt < 300; attempt++)
        {
            StatusResponse[] answers = await Task.WhenAll(_cluster.Members.Select(async member =>
            {
                using var client = new QuorateClient(member.Endpoint);
                return await client.StatusAsync();
            }));
            int leader = Array.FindIndex(answers, answer => answer.Leader == answer.Header.MemberId);
            if (leader >= 0 && answers.All(answer => answer.Leader == answers[leader].Header.MemberId))
            {
                return (_cluster.Members[leader], [.. answers.Where((_, i) => i != leader).Select(answer => answer.Header.MemberId)]);
            }

            await Task.Delay(50);
        }

        throw new InvalidOperationException("the members never agreed on who leads");
    }
}
