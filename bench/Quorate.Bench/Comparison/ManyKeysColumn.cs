using System.Diagnostics;
using Quorate.Client;

namespace Quorate.Bench.Comparison;

/// <summary>
/// Memory of the largest member with a million keys, written one by one through the API; then how long it takes from the
/// start of all members, which were stopped in order, until a linearizable read is answered.
/// </summary>
internal sealed class ManyKeysColumn(string name, params Bar[] bars) : Column(name, bars)
{
    private const int ValueBytes = 256;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    /// <summary>What is given back after the load without being asked for may be given back.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(5);

    public override bool NeedsOwnServers => true;

    public override bool IsSlow => true;

    public override async Task<IReadOnlyList<(Figure Figure, double Value)>> MeasureAsync(IServers servers, ComparisonSettings settings)
    {
        await LoadColumn.LoadKeysAsync(servers, settings.Keys, ValueBytes, calls: settings.Keys);
        await Task.Delay(s_rest);
        double loaded = ResidentMebibytes(servers);
        int members = servers.Endpoints.Count;
        await Task.WhenAll(Enumerable.Range(0, members).Select(servers.StopAsync));

        var clock = Stopwatch.StartNew();
        for (int member = 0; member < members; member++)
        {
            servers.Start(member);
        }

        await ReadAsync(servers);
        double started = clock.Elapsed.TotalSeconds;
        await Leadership.FindAsync(servers);
        await Task.Delay(s_rest);
        return [(Figure.Resident, loaded), (Figure.Start, started), (Figure.ResidentAfterStart, ResidentMebibytes(servers))];
    }

    /// <summary>Reads a key, asking again every few milliseconds until somebody answers.</summary>
    private static async Task ReadAsync(IServers servers)
    {
        using var client = new QuorateClient(new QuorateClientOptions
        {
            Endpoints = [.. servers.Endpoints],
            Timeout = s_patience,
            ReadAttemptTimeout = TimeSpan.FromMilliseconds(500),
            RetryPause = TimeSpan.FromMilliseconds(10),
            RetryPauseMax = TimeSpan.FromMilliseconds(20),
        });
        if (await client.GetAsync("quorate-bench/00000000") is null)
        {
            throw new InvalidOperationException("a key that was acknowledged is not there after a restart");
        }
    }

    private static double ResidentMebibytes(IServers servers) => ProcessUsage.Of(servers).LargestResidentBytes / (double)(1 << 20);
}
