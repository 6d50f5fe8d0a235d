using System.Diagnostics;
using System.Net.Http.Json;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests;

/// <summary>A member goes on where nobody reads what it logs.</summary>
public sealed class UnreadLogTests
{
    /// <summary>More lines than a pipe and the queue before it take.</summary>
    private const int Lines = 6000;

    [Fact]
    public async Task A_member_whose_standard_error_is_full_answers_on()
    {
        using var folder = new TemporaryFolder();
        int port = Ports.Take();
        string client = $"http://127.0.0.1:{port}";
        string peer = $"http://127.0.0.1:{Ports.Take()}";
        var start = new ProcessStartInfo(
            Programs.Quorate,
            [
                "serve", "--stop-with-stdin", "--log-level", "debug", "--name", "a", "--data-dir", folder.File("a"),
                "--listen-client-urls", client, "--advertise-client-urls", client,
                "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", $"a={peer}",
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process member = Process.Start(start)!;
        try
        {
            (await member.StandardOutput.ReadLineAsync())!.ShouldStartWith("ready: ");
            using var http = new HttpClient { BaseAddress = new Uri(client) };
            for (int i = 0; i < Lines; i++)
            {
                // A revision that is not reached yet, which each time makes a line of the log.
                using HttpResponseMessage refused = await http.PostAsJsonAsync("/v3/kv/range", new { key = "YQ==", revision = "1000" });
                refused.IsSuccessStatusCode.ShouldBeFalse();
            }

            using HttpResponseMessage put = await http.PostAsJsonAsync("/v3/kv/put", new { key = "YQ==", value = "YQ==" });
            put.EnsureSuccessStatusCode();
        }
        finally
        {
            member.Kill();
            await member.WaitForExitAsync();
        }
    }
}
