using System.Text.Json;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests;

/// <summary><c>quorate bench</c> makes the load that it says, and says what went wrong with it.</summary>
public sealed class BenchmarkCommandTests(BenchmarkCommandTests.OneCluster one) : IClassFixture<BenchmarkCommandTests.OneCluster>
{
    [Theory]
    [InlineData("put")]
    [InlineData("get")]
    [InlineData("get --local")]
    [InlineData("range --limit 10")]
    [InlineData("txn")]
    public async Task Every_load_is_answered_without_a_failure(string kind)
    {
        ProgramResult result = await RunAsync([.. kind.Split(' '), "--clients", "20", "--connections", "3", "--keys", "150", "--calls", "200", "--output", "json"]);

        using JsonDocument json = JsonDocument.Parse(result.Succeeded());
        json.RootElement.GetProperty("operations").GetInt64().ShouldBe(200);
        json.RootElement.GetProperty("failures").GetInt64().ShouldBe(0);
        json.RootElement.GetProperty("p999_ms").GetDouble().ShouldBeGreaterThanOrEqualTo(json.RootElement.GetProperty("p50_ms").GetDouble());
    }

    [Theory]
    [InlineData("1")]
    [InlineData("7")]
    [InlineData("1000")]
    public async Task Watchers_get_what_one_client_writes_however_many_share_a_stream(string watchesPerStream)
    {
        ProgramResult result = await RunAsync(
            "watch", "--clients", "50", "--connections", "3", "--watches-per-stream", watchesPerStream, "--seconds", "3", "--warm-up", "1", "--output", "json");

        using JsonDocument json = JsonDocument.Parse(result.Succeeded());
        json.RootElement.GetProperty("all_operations").GetInt64().ShouldBeGreaterThanOrEqualTo(50);
        json.RootElement.GetProperty("failures").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task A_load_in_sequence_writes_each_key_once()
    {
        (await RunAsync("txn", "--sequential", "--clients", "20", "--connections", "3", "--keys", "3000", "--calls", "3000")).Succeeded();

        ProgramResult got = await Programs.RunAsync(Programs.Quorate, ["get", "quorate-bench/00000000", "quorate-bench/00003000", "--endpoints", one.Cluster.Endpoints, "--output", "json"]);
        using JsonDocument records = JsonDocument.Parse(got.Succeeded());
        records.RootElement.GetProperty("kvs").GetArrayLength().ShouldBe(3000);
    }

    [Fact]
    public async Task A_load_larger_than_a_frame_is_written_whole()
    {
        (await RunAsync("put", "--clients", "2", "--keys", "1", "--value-bytes", "40000", "--calls", "20")).Succeeded();

        ProgramResult got = await Programs.RunAsync(Programs.Quorate, ["get", "quorate-bench/00000000", "--endpoints", one.Cluster.Endpoints, "--output", "json"]);
        using JsonDocument records = JsonDocument.Parse(got.Succeeded());
        records.RootElement.GetProperty("kvs")[0].GetProperty("value_base64").GetBytesFromBase64().Length.ShouldBe(40_000);
    }

    [Fact]
    public async Task A_load_that_cannot_be_made_says_why()
    {
        ProgramResult nobody = await RunAsync("put", "--endpoints", "127.0.0.1:1");
        ProgramResult tooMany = await RunAsync("put", "--clients", "100000", "--connections", "1");

        nobody.ExitCode.ShouldBe(1);
        nobody.Error.ShouldStartWith("error: cannot connect to 127.0.0.1:1");
        tooMany.ExitCode.ShouldBe(1);
        tooMany.Error.ShouldContain("use more connections");
    }

    private Task<ProgramResult> RunAsync(params string[] arguments) =>
        Programs.RunAsync(Programs.Quorate, ["bench", .. arguments, .. arguments.Contains("--endpoints") ? Array.Empty<string>() : ["--endpoints", one.Cluster.Endpoints]]);

    /// <summary>No test here disturbs another.</summary>
    public sealed class OneCluster : IAsyncLifetime
    {
        internal ClusterProcesses Cluster { get; private set; } = null!;

        public async Task InitializeAsync() => Cluster = await ClusterProcesses.StartAsync();

        public async Task DisposeAsync() => await Cluster.DisposeAsync();
    }
}
