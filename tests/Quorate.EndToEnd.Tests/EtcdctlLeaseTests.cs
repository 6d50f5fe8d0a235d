using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests;

/// <summary>Leases, by etcd's own command line, at every member.</summary>
public sealed partial class EtcdctlLeaseTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private ClusterProcesses _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ClusterProcesses.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [NeedsEtcdctlFact]
    public async Task It_grants_attaches_asks_lists_keeps_alive_and_revokes_at_every_member()
    {
        for (int i = 0; i < _cluster.Members.Count; i++)
        {
            MemberProcess member = _cluster.Members[i];
            MemberProcess other = _cluster.Members[(i + 1) % _cluster.Members.Count];
            string lease = await GrantAsync(member, 600);
            (await RunAsync(member, "put", $"b{i}", "v", $"--lease={lease}")).Succeeded();
            (await RunAsync(other, "put", $"a{i}", "v", $"--lease={lease}")).Succeeded();

            (await RunAsync(other, "lease", "timetolive", lease, "--keys")).Succeeded()
                .ShouldMatch($@"^lease {lease} granted with TTL\(600s\), remaining\((5\d\d|600)s\), attached keys\(\[a{i} b{i}\]\)\n$");
            (await RunAsync(other, "lease", "list")).Succeeded().ShouldContain(lease);
            (await RunAsync(other, "lease", "keep-alive", "--once", lease)).Succeeded().ShouldBe($"lease {lease} keepalived with TTL(600)\n");
            (await RunAsync(other, "lease", "revoke", lease)).Succeeded().ShouldBe($"lease {lease} revoked\n");

            (await RunAsync(member, "get", $"a{i}")).Succeeded().ShouldBeEmpty();
            (await RunAsync(member, "get", $"b{i}")).Succeeded().ShouldBeEmpty();
            (await RunAsync(member, "lease", "list")).Succeeded().ShouldNotContain(lease);
        }
    }

    [NeedsEtcdctlFact]
    public async Task It_is_told_what_is_wrong_as_by_etcd()
    {
        MemberProcess member = _cluster.Members[0];
        string shortest = await GrantAsync(member, 0, granted: 2);
        shortest.ShouldNotBeEmpty();
        (await RunAsync(member, "lease", "grant", "9000000001")).Error.ShouldContain("etcdserver: too large lease TTL");
        (await RunAsync(member, "lease", "revoke", "1234")).Error.ShouldContain("etcdserver: requested lease not found");
        (await RunAsync(member, "lease", "timetolive", "1234")).Succeeded().ShouldBe("lease 0000000000001234 already expired\n");
        (await RunAsync(member, "put", "a", "b", "--lease=1234")).Error.ShouldContain("etcdserver: requested lease not found");
        ProgramResult keepAlive = await RunAsync(member, "lease", "keep-alive", "--once", "1234");
        keepAlive.ExitCode.ShouldNotBe(0);
        keepAlive.Error.ShouldContain("etcdserver: requested lease not found");
    }

    [NeedsEtcdctlFact]
    public async Task A_lease_that_nobody_keeps_alive_expires_with_its_keys_also_when_its_leader_is_killed()
    {
        MemberProcess member = _cluster.Members[0];
        string lease = await GrantAsync(member, 3);
        (await RunAsync(member, "put", "short", "v", $"--lease={lease}")).Succeeded();
        string kept = await GrantAsync(member, 600);
        (await RunAsync(member, "put", "long", "v", $"--lease={kept}")).Succeeded();
        await _cluster.Members[2].KillAsync();

        var clock = Stopwatch.StartNew();
        while ((await RunAsync(member, "get", "short")).Succeeded().Length > 0)
        {
            clock.Elapsed.ShouldBeLessThan(s_patience);
        }

        (await RunAsync(member, "lease", "timetolive", lease)).Succeeded().ShouldBe($"lease {lease} already expired\n");
        (await RunAsync(member, "get", "long")).Succeeded().ShouldBe("long\nv\n");
    }

    private static async Task<string> GrantAsync(MemberProcess member, long ttl, long? granted = null)
    {
        string answer = (await RunAsync(member, "lease", "grant", ttl.ToString(CultureInfo.InvariantCulture))).Succeeded();
        Match match = Granted().Match(answer);
        match.Success.ShouldBeTrue(answer);
        match.Groups[2].Value.ShouldBe((granted ?? ttl).ToString(CultureInfo.InvariantCulture));
        return match.Groups[1].Value;
    }

    private static Task<ProgramResult> RunAsync(MemberProcess member, params string[] arguments) =>
        Programs.RunAsync(
            Programs.Etcdctl!, [$"--endpoints={member.Endpoint}", "--command-timeout=30s", .. arguments], variables: [("ETCDCTL_API", "3")]);

    [GeneratedRegex(@"^lease ([0-9a-f]{16}) granted with TTL\((\d+)s\)\n$")]
    private static partial Regex Granted();
}
