using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Quorate.Client;
using Quorate.Etcd.Protocol;
using Quorate.Grpc;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests;

/// <summary>What cannot work is refused with a clear error, harms nobody else, and loses nothing.</summary>
public sealed partial class BadInputTests
{
    [Fact]
    public async Task An_unknown_or_malformed_flag_is_refused_at_start()
    {
        ProgramResult unknown = await Programs.RunAsync(Programs.Quorate, ["serve", "--data-folder", "x"]);
        unknown.ExitCode.ShouldBe(2);
        unknown.Error.ShouldContain("--data-folder");

        ProgramResult malformed = await Programs.RunAsync(
            Programs.Quorate, ["--name", "a", "--heartbeat-interval", "2000"], variables: [("ETCD_LOG_LEVEL", "loud")]);
        malformed.ExitCode.ShouldBe(2);
        malformed.Error.ShouldContain("less than 5 heartbeats");
        malformed.Error.ShouldContain("ETCD_LOG_LEVEL");
    }

    [Fact]
    public async Task A_flag_of_etcds_that_is_not_taken_is_refused_with_what_to_do_instead()
    {
        ProgramResult refused = await Programs.RunAsync(
            Programs.Quorate, ["--wal-dir=/fast", "-enable-pprof", "--experimental-initial-corrupt-check", "true"], variables: [("ETCD_MAX_WALS", "5")]);

        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain("--wal-dir is a flag of etcd that is not taken: log and snapshots are in one folder; --data-dir names it");
        refused.Error.ShouldContain("--enable-pprof is a flag of etcd that is not taken: ");
        refused.Error.ShouldContain("--experimental-initial-corrupt-check is a flag of etcd that is not taken: ");
        refused.Error.ShouldNotContain("MAX_WALS");
    }

    [Theory]
    [InlineData("txn")]
    [InlineData("import")]
    [InlineData("snapshot", "status")]
    [InlineData("snapshot", "restore")]
    public async Task A_file_that_is_missing_or_a_folder_is_no_input(params string[] command)
    {
        using var folder = new TemporaryFolder();
        string missing = folder.File("missing");

        ProgramResult refused = await Programs.RunAsync(Programs.Quorate, [.. command, missing]);
        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldBe($"error: there is no file '{missing}'\n");

        string directory = Path.GetDirectoryName(missing)!;
        refused = await Programs.RunAsync(Programs.Quorate, [.. command, directory]);
        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldBe($"error: '{directory}' is a folder, not a file\n");
    }

    [Theory]
    [InlineData("snapshot", "save")]
    [InlineData("export")]
    public async Task A_file_that_cannot_be_written_is_named_as_it_was_asked_for(params string[] command)
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("missing/out");

        ProgramResult refused = await Programs.RunAsync(Programs.Quorate, [.. command, file]);

        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldBe($"error: '{file}' cannot be written: there is no folder '{Path.GetDirectoryName(file)}'\n");
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var folder = new TemporaryFolder();
        using var other = new TcpListener(IPAddress.Loopback, Ports.Take());
        other.Start();
        int taken = ((IPEndPoint)other.LocalEndpoint).Port;
        await using MemberProcess member = Alone(folder.File("m"), clientPort: taken);

        member.Launch();

        (await member.EndedAsync()).ShouldBe(1);
        member.Log.ShouldContain($"cannot listen for clients on 127.0.0.1:{taken}: another program uses that address");
        Directory.Exists(folder.File("m")).ShouldBeFalse("nothing was begun");
    }

    [Fact]
    public async Task A_port_for_members_that_is_in_use_is_named()
    {
        using var folder = new TemporaryFolder();
        using var other = new TcpListener(IPAddress.Loopback, Ports.Take());
        other.Start();
        int taken = ((IPEndPoint)other.LocalEndpoint).Port;
        await using MemberProcess member = Alone(folder.File("m"), peerPort: taken);

        member.Launch();

        (await member.EndedAsync()).ShouldBe(1);
        member.Log.ShouldContain($"cannot listen for peers on 127.0.0.1:{taken}: another program uses that address");
        Directory.Exists(folder.File("m")).ShouldBeFalse("nothing was begun");
    }

    [Theory]
    [InlineData("--listen-client-urls", "http://192.0.2.1:2379", "192.0.2.1:2379")]
    [InlineData("--listen-client-urls", "http://no-such-host.invalid:2379", "no-such-host.invalid")]
    [InlineData("--listen-peer-urls", "http://192.0.2.1:2380", "192.0.2.1:2380")]
    [InlineData("--listen-peer-urls", "http://no-such-host.invalid:2380", "no-such-host.invalid")]
    public async Task An_address_that_is_not_of_this_machine_is_named(string flag, string url, string named)
    {
        using var folder = new TemporaryFolder();
        string other = flag == "--listen-client-urls" ? "--listen-peer-urls" : "--listen-client-urls";

        ProgramResult refused = await Programs.RunAsync(
            Programs.Quorate, ["serve", "--data-dir", folder.File("m"), flag, url, other, $"http://127.0.0.1:{Ports.Take()}"]);

        refused.ExitCode.ShouldBe(1, refused.Error);
        refused.Error.ShouldContain(named);
        refused.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_data_folder_that_is_a_file_or_cannot_be_made_is_named()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("file"), "not a folder");
        foreach (string path in (string[])[folder.File("file"), folder.File("file/below"), "/proc/no-such-folder"])
        {
            await using MemberProcess member = Alone(path);
            member.Launch();

            (await member.EndedAsync()).ShouldBe(1);
            member.Log.ShouldContain(path);
            member.Log.ShouldContain("name a folder in which this user may write, or one that can be made");
            member.Log.ShouldNotContain("Unhandled");
        }
    }

    [Fact]
    public async Task A_founding_setting_that_has_changed_is_named_with_what_it_was()
    {
        using var folder = new TemporaryFolder();
        int before = Ports.Take();
        int after = Ports.Take();
        await using (MemberProcess member = Alone(folder.File("m"), peerPort: before))
        {
            await member.StartAsync();
        }

        await using MemberProcess moved = Alone(folder.File("m"), peerPort: after);
        moved.Launch();

        (await moved.EndedAsync()).ShouldBe(1);
        moved.Log.ShouldContain($"--initial-cluster was alone=http://127.0.0.1:{before} and is alone=http://127.0.0.1:{after}");
        moved.Log.ShouldContain($"--initial-advertise-peer-urls (where not given: --listen-peer-urls) was http://127.0.0.1:{before} and is http://127.0.0.1:{after}");
        moved.Log.ShouldContain("as they were then");
        moved.Log.ShouldContain("Only where a member listens may change, by --listen-peer-urls");
    }

    [Fact]
    public async Task A_server_that_is_asked_for_security_that_it_has_not_does_not_run()
    {
        ProgramResult flags = await Programs.RunAsync(Programs.Quorate, ["--client-cert-auth", "--cert-file", "server.crt"]);
        flags.ExitCode.ShouldBe(2);
        flags.Error.ShouldContain("--client-cert-auth: TLS is not supported yet");
        flags.Error.ShouldContain("--cert-file: TLS is not supported yet");

        // Nothing but the environment asks for a server, as in a container.
        ProgramResult variable = await Programs.RunAsync(Programs.Quorate, [], variables: [("ETCD_NAME", "a"), ("ETCD_TRUSTED_CA_FILE", "ca.crt")]);
        variable.ExitCode.ShouldBe(2);
        variable.Error.ShouldContain("ETCD_TRUSTED_CA_FILE: TLS is not supported yet");
    }

    [Fact]
    public async Task Garbage_in_the_environment_is_refused_by_the_name_of_its_variable()
    {
        ProgramResult refused = await Programs.RunAsync(
            Programs.Quorate, ["serve"],
            variables: [("ETCD_LISTEN_CLIENT_URLS", "garbage"), ("QUORATE_SNAPSHOT_COUNT", "many"), ("ETCD_SNAPSHOT_COUNT", "5"), ("QUORATE_NAME", "a=b")]);
        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain("ETCD_LISTEN_CLIENT_URLS: 'garbage'");
        refused.Error.ShouldContain("QUORATE_SNAPSHOT_COUNT: 'many'");
        refused.Error.ShouldContain("QUORATE_NAME: 'a=b'");

        (await Programs.RunAsync(Programs.Quorate, ["get", "k"], variables: [("QUORATE_ENDPOINTS", "ftp://x")])).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task Requests_that_are_too_large_empty_or_turned_round_get_etcds_answers_and_harm_nobody()
    {
        using var folder = new TemporaryFolder();
        await using MemberProcess member = Alone(folder.File("m"), more: ["--max-request-bytes", "100000"]);
        await member.StartAsync();
        using var client = new QuorateClient(member.Endpoint);
        await client.PutAsync("there", "is");
        ByteString key = ByteString.CopyFromUtf8("k");

        await FailsAsync(client.PutAsync("k", new string('x', 200_000)), StatusCode.InvalidArgument, "etcdserver: request is too large");
        await FailsAsync(client.PutAsync(new string('k', 200_000), "v"), StatusCode.InvalidArgument, "etcdserver: request is too large");
        await FailsAsync(client.PutAsync("k", new string('x', 20_000_000)), StatusCode.ResourceExhausted, "grpc: received message larger than max");
        await FailsAsync(client.PutAsync(string.Empty, "v"), StatusCode.InvalidArgument, "etcdserver: key is not provided");
        await FailsAsync(client.RangeAsync(new RangeRequest()), StatusCode.InvalidArgument, "etcdserver: key is not provided");
        await FailsAsync(client.RangeAsync(new RangeRequest { Key = key, Revision = 1_000 }), StatusCode.OutOfRange, "etcdserver: mvcc: required revision is a future revision");
        await FailsAsync(client.CompactAsync(1_000), StatusCode.OutOfRange, "etcdserver: mvcc: required revision is a future revision");
        RangeResponse turned = await client.RangeAsync(new RangeRequest { Key = ByteString.CopyFromUtf8("z"), RangeEnd = ByteString.CopyFromUtf8("a") });
        turned.Count.ShouldBe(0);
        (await client.DeleteAsync(new DeleteRangeRequest { Key = ByteString.CopyFromUtf8("z"), RangeEnd = ByteString.CopyFromUtf8("a") })).Deleted.ShouldBe(0);

        (await client.GetAsync("there"))!.Value.ToStringUtf8().ShouldBe("is");
        (await client.GetAsync("k")).ShouldBeNull();
    }

    [Fact]
    public async Task A_malformed_message_fails_its_own_call_only()
    {
        using var folder = new TemporaryFolder();
        await using MemberProcess member = Alone(folder.File("m"));
        await member.StartAsync();
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        byte[][] bodies = [[0, 0, 0, 0, 3, 0xff, 0xff, 0xff], [0, 0xff, 0xff, 0xff, 0xff], [1, 0, 0, 0, 1, 7], [0, 0, 0], [], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]];

        foreach (byte[] body in bodies)
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new("application/grpc");
            using HttpResponseMessage answer = await http.PostAsync(new Uri($"http://{member.Endpoint}/etcdserverpb.KV/Put"), content);
            answer.Headers.Concat(answer.TrailingHeaders).Single(header => header.Key == "grpc-status").Value.ShouldNotBe(["0"]);
        }

        (await PutAsync(member)).Succeeded();
    }

    [Fact]
    public async Task Plain_http_is_answered_as_monitoring_expects_and_grpc_over_it_refused()
    {
        using var folder = new TemporaryFolder();
        await using MemberProcess member = Alone(folder.File("m"));
        await member.StartAsync();
        (await PutAsync(member)).Succeeded();
        using var http = new HttpClient { BaseAddress = new Uri($"http://{member.Endpoint}") };

        foreach (string path in (string[])["/metrics", "/health", "/livez", "/readyz", "/version"])
        {
            using var head = new HttpRequestMessage(HttpMethod.Head, path);
            (await http.SendAsync(head)).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await http.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await http.PostAsync(path, null)).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        }

        (await http.GetAsync("/nothing")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var content = new ByteArrayContent([0, 0, 0, 0, 0]);
        content.Headers.ContentType = new("application/grpc");
        (await http.PostAsync("/etcdserverpb.KV/Put", content)).StatusCode.ShouldBe(HttpStatusCode.HttpVersionNotSupported);
        (await http.GetStringAsync("/metrics")).ShouldContain(
            "grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"Put\",grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"} 1\n");
    }

    [Fact]
    public async Task A_data_folder_in_use_is_refused_to_a_second_process()
    {
        using var folder = new TemporaryFolder();
        await using MemberProcess first = Alone(folder.File("m"));
        await first.StartAsync();
        await using MemberProcess second = Alone(folder.File("m"));

        second.Launch();

        (await second.EndedAsync()).ShouldBe(1);
        second.Log.ShouldContain("another member uses this data folder, perhaps this one that runs already; stop it, or name another folder");
        (await PutAsync(first)).Succeeded();
    }

    [Fact]
    public async Task A_data_folder_of_another_cluster_is_refused()
    {
        using var folder = new TemporaryFolder();
        int peerPort = Ports.Take();
        await using (MemberProcess first = Alone(folder.File("m"), peerPort: peerPort))
        {
            await first.StartAsync();
            (await first.StopAsync()).ShouldBe(0);
        }

        await using MemberProcess other = Alone(folder.File("m"), peerPort: peerPort, more: ["--initial-cluster-token", "another"]);
        other.Launch();

        (await other.EndedAsync()).ShouldBe(1);
        other.Log.ShouldContain("cluster");
        other.Log.ShouldContain(folder.File("m"));
    }

    [Fact]
    public async Task A_damaged_log_is_named_by_file_and_offset_and_not_started_over()
    {
        using var folder = new TemporaryFolder();
        int clientPort = Ports.Take();
        int peerPort = Ports.Take();
        await using (MemberProcess first = Alone(folder.File("m"), clientPort, peerPort))
        {
            await first.StartAsync();
            for (int i = 0; i < 3; i++)
            {
                (await PutAsync(first)).Succeeded();
            }

            await first.KillAsync();
        }

        string log = Directory.GetFiles(folder.File("m/log"), "*.qlog").Order(StringComparer.Ordinal).First(HoldsTheValue);
        await using (FileStream file = File.Open(log, FileMode.Open))
        {
            byte[] bytes = new byte[Math.Min(file.Length, 1 << 20)];
            file.ReadExactly(bytes);
            int at = bytes.AsSpan().IndexOf("the value"u8);
            at.ShouldBePositive();
            file.Position = at;
            file.WriteByte((byte)'T');
        }

        await using MemberProcess again = Alone(folder.File("m"), clientPort, peerPort);
        again.Launch();

        (await again.EndedAsync()).ShouldBe(1);
        again.Log.ShouldContain(Path.GetFileName(log));
        again.Log.ShouldContain("offset");
    }

    [Fact]
    public async Task Garbage_on_either_port_harms_no_other_client()
    {
        await using ClusterProcesses cluster = await ClusterProcesses.StartAsync();
        MemberProcess member = cluster.Members[0];
        byte[][] garbage =
        [
            Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
            Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n and then nonsense that is no frame at all"),
            [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 7919 >> 3))],
            [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            [],
        ];

        foreach (int port in (int[])[member.ClientPort, member.PeerPort])
        {
            foreach (byte[] bytes in garbage)
            {
                await SendAndReadToEndAsync(port, bytes);
                (await PutAsync(member)).Succeeded();
            }
        }
    }

    [Fact]
    public async Task A_peer_of_another_cluster_is_refused_with_a_log_line()
    {
        using var folder = new TemporaryFolder();
        int[] client = [Ports.Take(), Ports.Take()];
        int[] peer = [Ports.Take(), Ports.Take()];
        string initialCluster = $"a=http://127.0.0.1:{peer[0]},b=http://127.0.0.1:{peer[1]}";
        await using var a = new MemberProcess("a", folder.File("a"), client[0], peer[0], initialCluster, "--initial-cluster-token", "one");
        await using var b = new MemberProcess("b", folder.File("b"), client[1], peer[1], initialCluster, "--initial-cluster-token", "two");

        a.Launch();
        b.Launch();

        // Whoever listens first, each is dialled by the other: it says whom it refused, and who refused it.
        foreach (MemberProcess member in (MemberProcess[])[a, b])
        {
            await UntilAsync(() => RefusedPeer().IsMatch(member.Log) && RefusedByPeer().IsMatch(member.Log));
            member.Log.ShouldContain("its token (--initial-cluster-token) or its list of members with their addresses (--initial-cluster) differs from this member's");
        }
    }

    [Fact]
    public async Task A_member_that_is_stopped_in_order_and_started_again_finds_its_data()
    {
        using var folder = new TemporaryFolder();
        await using MemberProcess member = Alone(folder.File("m"));
        await member.StartAsync();
        (await PutAsync(member)).Succeeded();
        (await member.StopAsync()).ShouldBe(0);

        await member.StartAsync();

        (await Programs.RunAsync(Programs.Quorate, ["get", "the key", "--value-only", "--endpoints", member.Endpoint])).Succeeded().ShouldBe("the value\n");
    }

    [GeneratedRegex("Refused a peer connection from .*: member [0-9a-f]+ belongs to cluster ")]
    private static partial Regex RefusedPeer();

    [GeneratedRegex("Peer . .* refuses the connection: it belongs to cluster ")]
    private static partial Regex RefusedByPeer();

    private static bool HoldsTheValue(string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] bytes = new byte[Math.Min(file.Length, 1 << 20)];
        file.ReadExactly(bytes);
        return bytes.AsSpan().IndexOf("the value"u8) >= 0;
    }

    private static MemberProcess Alone(string dataFolder, int clientPort = 0, int peerPort = 0, params string[] more)
    {
        clientPort = clientPort == 0 ? Ports.Take() : clientPort;
        peerPort = peerPort == 0 ? Ports.Take() : peerPort;
        return new MemberProcess("alone", dataFolder, clientPort, peerPort, $"alone=http://127.0.0.1:{peerPort}", more);
    }

    private static async Task FailsAsync(Task call, StatusCode code, string text)
    {
        QuorateException failure = await Should.ThrowAsync<QuorateException>(call);
        failure.Status.StatusCode.ShouldBe(code);
        failure.Status.Detail.ShouldStartWith(text);
        failure.OutcomeUnknown.ShouldBeFalse();
    }

    private static Task<ProgramResult> PutAsync(MemberProcess member) =>
        Programs.RunAsync(Programs.Quorate, ["put", "the key", "the value", "--endpoints", member.Endpoint]);

    /// <summary>Whatever the server does with it (answer, close, reset), it must let go of the connection once we do.</summary>
    private static async Task SendAndReadToEndAsync(int port, byte[] bytes)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, bound.Token);
        try
        {
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(bytes, bound.Token);
            client.Client.Shutdown(SocketShutdown.Send);
            await stream.CopyToAsync(Stream.Null, bound.Token);
        }
        catch (IOException)
        {
            // Reset by the server: a fine answer to garbage.
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (int i = 0; i < 600 && !condition(); i++)
        {
            await Task.Delay(100);
        }

        condition().ShouldBeTrue();
    }
}
