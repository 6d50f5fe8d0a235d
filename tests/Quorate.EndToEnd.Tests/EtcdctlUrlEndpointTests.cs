using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests;

/// <summary>
/// etcd's own command line with endpoints that are URLs, which etcdctl 3.4 sends on as the authority of its requests.
/// </summary>
public sealed class EtcdctlUrlEndpointTests : IAsyncLifetime
{
    private ClusterProcesses _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ClusterProcesses.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [NeedsEtcdctlFact]
    public async Task It_puts_and_gets_at_every_member()
    {
        foreach (MemberProcess member in _cluster.Members)
        {
            foreach (string endpoint in (string[])[$"http://{member.Endpoint}", $"http://{member.Endpoint}/"])
            {
                (await RunAsync(endpoint, "put", "key", endpoint)).Succeeded().ShouldBe("OK\n");
                (await RunAsync(endpoint, "get", "key")).Succeeded().ShouldBe($"key\n{endpoint}\n");
            }
        }

        (await RunAsync(Urls, "put", "key", "all")).Succeeded().ShouldBe("OK\n");
        (await RunAsync($"{_cluster.Members[2].Endpoint},{Urls}", "get", "key")).Succeeded().ShouldBe("key\nall\n", "with and without the scheme");
    }

    [NeedsEtcdctlFact]
    public async Task It_reports_the_status_of_each()
    {
        foreach (MemberProcess member in _cluster.Members)
        {
            JsonElement alone = (await StatusAsync($"http://{member.Endpoint}")).ShouldHaveSingleItem();
            alone.GetProperty("Endpoint").GetString().ShouldBe($"http://{member.Endpoint}");
            alone.GetProperty("Status").GetProperty("leader").GetUInt64().ShouldNotBe(0UL);
        }

        (await StatusAsync(Urls)).Select(Endpoint).ShouldBe(Urls.Split(','));
    }

    [NeedsEtcdctlFact]
    public async Task It_finds_the_whole_cluster_from_one_member()
    {
        foreach (string endpoint in (string[])[_cluster.Members[1].Endpoint, $"http://{_cluster.Members[1].Endpoint}"])
        {
            // Whatever it was given, it goes on with the URLs that the members have published.
            (await StatusAsync(endpoint, "--cluster")).Select(Endpoint).Order().ShouldBe(Urls.Split(',').Order());

            ProgramResult health = await RunAsync(endpoint, "endpoint", "health", "--cluster");
            health.Succeeded();
            $"{health.Output}{health.Error}".Split('\n').Count(line => line.Contains("is healthy", StringComparison.Ordinal)).ShouldBe(3);
        }
    }

    [Fact]
    public async Task Garbage_on_the_client_port_ends_its_connection_and_harms_nobody()
    {
        MemberProcess member = _cluster.Members[0];
        var random = new Random(1);
        for (int round = 0; round < 50; round++)
        {
            byte[] garbage = new byte[random.Next(1, 40_000)];
            random.NextBytes(garbage);
            byte[] start = Encoding.ASCII.GetBytes((round % 3) switch { 0 => "", 1 => "PRI ", _ => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" });
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, member.ClientPort);
            try
            {
                await socket.SendAsync((byte[])[.. start, .. garbage]);
                socket.Shutdown(SocketShutdown.Send);
                byte[] answer = new byte[4096];
                while (await socket.ReceiveAsync(answer) > 0)
                {
                    // Until it is closed.
                }
            }
            catch (SocketException)
            {
                // Closed in the middle: as good.
            }
        }

        using var http = new HttpClient();
        (await http.GetFromJsonAsync<JsonElement>($"http://{member.Endpoint}/health")).GetProperty("health").GetString().ShouldBe("true");
        member.Log.ShouldNotContain("Unhandled");
    }

    private string Urls => string.Join(',', _cluster.Members.Select(member => $"http://{member.Endpoint}"));

    private static string? Endpoint(JsonElement status) => status.GetProperty("Endpoint").GetString();

    private static async Task<JsonElement[]> StatusAsync(string endpoints, params string[] arguments)
    {
        using JsonDocument answer = JsonDocument.Parse(
            (await RunAsync(endpoints, ["endpoint", "status", "-w", "json", .. arguments])).Succeeded());
        return [.. answer.RootElement.Clone().EnumerateArray()];
    }

    private static Task<ProgramResult> RunAsync(string endpoints, params string[] arguments) =>
        Programs.RunAsync(
            Programs.Etcdctl!, [$"--endpoints={endpoints}", "--command-timeout=30s", .. arguments], variables: [("ETCDCTL_API", "3")]);
}
