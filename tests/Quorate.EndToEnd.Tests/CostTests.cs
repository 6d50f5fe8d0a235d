using System.Globalization;
using Quorate.Client;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests;

/// <summary>
/// What writes and reads of 64 clients cost the members of a cluster, as counts that do not depend on how fast the machine
/// is or what else it does: a regression guard. Figures of rates and times are <c>bench/run</c>'s.
/// </summary>
public sealed class CostTests(CostTests.WarmCluster warm) : IClassFixture<CostTests.WarmCluster>
{
    private const int Clients = 64;
    private const int Calls = 10_000;
    private const int ValueBytes = 256;

    [Fact]
    public async Task Writes_share_their_flushes()
    {
        double[] flushes = await warm.CountAsync("put", member => member.Metric("etcd_disk_wal_fsync_duration_seconds_count"));

        // None may be acknowledged by a member that never flushed: that the count is there at all is part of the test.
        flushes.ShouldAllBe(each => each * 1000 > 0.5 && each * 1000 < CostLimits.FlushesPerThousandWrites, Describe(flushes));
    }

    [LinuxFact]
    public async Task Writes_give_the_files_little_more_than_their_values()
    {
        double[] bytes = await warm.CountAsync("put", member => Task.FromResult(member.WrittenBytes()));

        bytes.ShouldAllBe(each => each / ValueBytes > 1 && each / ValueBytes < CostLimits.WrittenBytesPerValueByte, Describe(bytes));
    }

    [Theory]
    [InlineData("put", CostLimits.AllocatedBytesPerWrite)]
    [InlineData("txn", CostLimits.AllocatedBytesPerTransaction)]
    [InlineData("get", CostLimits.AllocatedBytesPerLinearizableRead)]
    [InlineData("get --local", CostLimits.AllocatedBytesPerLocalRead)]
    public async Task An_operation_allocates_little_on_all_members_together(string load, int limit)
    {
        double[] bytes = await warm.CountAsync(load, member => member.Metric("dotnet_gc_allocated_bytes_total"));

        bytes.Sum().ShouldBeInRange(1, limit, Describe(bytes));
    }

    private static string Describe(double[] perOperation) =>
        $"for each operation, on each member: {string.Join(", ", perOperation.Select(each => each.ToString("0.###", CultureInfo.InvariantCulture)))}";

    /// <summary>What a count of a member stood at before and after a load.</summary>
    internal sealed class CountedMember(MemberProcess member, HttpClient http)
    {
        /// <summary>A sample of its metrics page, summed over labels.</summary>
        public async Task<double> Metric(string name)
        {
            string page = await http.GetStringAsync(new Uri($"http://{member.Endpoint}/metrics"));
            string[] samples = [.. page.Split('\n').Where(line => line.StartsWith(name + " ", StringComparison.Ordinal) || line.StartsWith(name + "{", StringComparison.Ordinal))];
            samples.ShouldNotBeEmpty($"{name} is not on the page");
            return samples.Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
        }

        /// <summary>Bytes that it has written to files, by calls: what goes to sockets is not among them (proc(5), wchar).</summary>
        public double WrittenBytes() => double.Parse(
            File.ReadLines($"/proc/{member.ProcessId}/io").Single(line => line.StartsWith("wchar: ", StringComparison.Ordinal))["wchar: ".Length..],
            CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Three members with everything compiled that is going to be, and their log segments written ahead. They take no snapshot,
    /// whose length would depend on what the tests before have written.
    /// </summary>
    public sealed class WarmCluster : IAsyncLifetime
    {
        private ClusterProcesses _cluster = null!;

        public async Task InitializeAsync()
        {
            _cluster = await ClusterProcesses.StartAsync(3, "--log-level", "warn", "--snapshot-count", "1000000");
            foreach (string load in new[] { "put", "txn", "get", "get --local" })
            {
                await LoadAsync(load);
            }
        }

        public async Task DisposeAsync() => await _cluster.DisposeAsync();

        /// <summary>By how much a count has risen for each operation of a load, on each member.</summary>
        internal async Task<double[]> CountAsync(string load, Func<CountedMember, Task<double>> count)
        {
            using var http = new HttpClient();
            CountedMember[] members = [.. _cluster.Members.Select(member => new CountedMember(member, http))];
            double[] before = await Task.WhenAll(members.Select(count));
            await LoadAsync(load);

            // A follower is told of the last writes a moment after they were acknowledged: a read of each has seen them.
            foreach (MemberProcess member in _cluster.Members)
            {
                using var client = new QuorateClient(member.Endpoint);
                await client.GetAsync("any");
            }

            double[] after = await Task.WhenAll(members.Select(count));
            return [.. after.Zip(before, (later, earlier) => (later - earlier) / Calls)];
        }

        private async Task LoadAsync(string load) => (await Programs.RunAsync(
            Programs.Quorate,
            [
                "bench", .. load.Split(' '), "--clients", $"{Clients}", "--calls", $"{Calls}", "--value-bytes", $"{ValueBytes}", "--keys", "1000",
                "--endpoints", _cluster.Endpoints, "--timeout", "60",
            ])).Succeeded();
    }
}
