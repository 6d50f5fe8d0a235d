using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Quorate.Runtime.Tests.Hosting;

public sealed class QuorateMetricsTests
{
    [Fact]
    public async Task A_member_measures_under_the_names_that_dashboards_for_etcd_know()
    {
        var seen = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, all) =>
        {
            if (instrument.Meter.Name == QuorateMetrics.MeterName)
            {
                all.EnableMeasurementEvents(instrument);
            }
        };
        void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                if (tag is { Key: "member", Value: "n1" })
                {
                    seen[instrument.Name] = Math.Max(value, seen.GetValueOrDefault(instrument.Name));
                }
            }
        }

        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.Start();
        await using var cluster = new TestCluster(2);
        await cluster.StartAllAsync();
        await TestCluster.AddAsync(cluster["n1"], 1);
        await Patience.UntilAsync(
            () =>
            {
                listener.RecordObservableInstruments();
                return seen.GetValueOrDefault("etcd_network_peer_round_trip_time_seconds") > 0
                    && seen.GetValueOrDefault("etcd_server_proposals_applied_total") > 1;
            },
            "a round trip and the write are measured");
        seen["etcd_server_has_leader"].ShouldBe(1);
        seen["etcd_server_leader_changes_seen_total"].ShouldBeGreaterThan(0);
        seen["etcd_disk_wal_fsync_duration_seconds"].ShouldBeGreaterThan(0);
        seen["etcd_network_peer_sent_bytes_total"].ShouldBeGreaterThan(0);
        seen["etcd_network_peer_received_bytes_total"].ShouldBeGreaterThan(0);
        seen["etcd_network_active_peers"].ShouldBe(1);
    }
}
