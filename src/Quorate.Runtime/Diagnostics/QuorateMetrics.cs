using System.Diagnostics.Metrics;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Runtime;

/// <summary>
/// What one member measures, under the names that dashboards for etcd know. The tag <c>member</c> is its name, so that
/// several members of one process stay apart.
/// </summary>
public sealed class QuorateMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Quorate.Runtime";

    private readonly Meter _meter = new(MeterName);
    private readonly KeyValuePair<string, object?> _member;
    private readonly Histogram<double> _flushSeconds;
    private readonly Histogram<double> _roundTripSeconds;

    internal QuorateMetrics(string member)
    {
        _member = new KeyValuePair<string, object?>("member", member);
        _flushSeconds = _meter.CreateHistogram<double>("etcd_disk_wal_fsync_duration_seconds", "s", "Time that flushes of the log took.");
        _roundTripSeconds = _meter.CreateHistogram<double>("etcd_network_peer_round_trip_time_seconds", "s", "Round trips to peers.");
    }

    /// <summary>Ends the measuring.</summary>
    public void Dispose() => _meter.Dispose();

    internal void Flushed(string path, TimeSpan duration)
    {
        if (path.StartsWith("log/", StringComparison.Ordinal))
        {
            _flushSeconds.Record(duration.TotalSeconds, _member);
        }
    }

    internal void RoundTripMeasured(MemberId peer, TimeSpan roundTrip) =>
        _roundTripSeconds.Record(roundTrip.TotalSeconds, _member, new KeyValuePair<string, object?>("To", peer.ToString()));

    internal void Observe(Func<ReplicaStatus> status, ReplicaCounters counters, Func<IReadOnlyList<PeerTraffic>> traffic)
    {
        Gauge("etcd_server_has_leader", "Whether a leader is known.", () => status().LeaderId.IsNone ? 0 : 1);
        Gauge("etcd_server_is_leader", "Whether this member leads.", () => status().Role == Role.Leader ? 1 : 0);
        Counter("etcd_server_leader_changes_seen_total", "Changes of leader seen.", () => status().LeaderChanges);
        Gauge("etcd_server_proposals_committed_total", "Committed index.", () => status().CommitIndex);
        Gauge("etcd_server_proposals_applied_total", "Applied index.", () => status().AppliedIndex);
        Gauge("etcd_server_proposals_pending", "Proposals that wait for their outcome.", () => status().PendingProposals);
        Counter(
            "etcd_server_proposals_failed_total", "Proposals refused or without a known outcome.",
            () => counters.ProposalsRefused + counters.ProposalsUnknown);
        Counter("etcd_server_read_indexes_failed_total", "Reads refused.", () => counters.ReadsRefused);
        Counter("quorate_log_batches_total", "Batches written to the log and flushed.", () => counters.BatchesFlushed);
        Counter("quorate_log_command_bytes_total", "Bytes of commands in those batches.", () => counters.BytesWritten);
        Gauge("quorate_log_bytes", "Bytes of log on disk.", () => status().LogBytes);
        Counter("quorate_entries_applied_total", "Entries applied.", () => counters.EntriesApplied);
        Counter("quorate_snapshots_taken_total", "Snapshots taken of the own state.", () => counters.SnapshotsTaken);
        Counter("quorate_snapshots_installed_total", "Snapshots received and installed.", () => counters.SnapshotsInstalled);
        Counter(
            "quorate_disk_full_total", "Spare segments of the log and snapshots put off because the disk had no room.", () => counters.DisksFoundFull);
        Counter("quorate_frames_refused_total", "Frames of peers ignored.", () => counters.FramesRefused);
        PeerCounter("etcd_network_peer_sent_bytes_total", "Bytes sent to a peer.", "To", traffic, peer => peer.BytesSent);
        PeerCounter("etcd_network_peer_received_bytes_total", "Bytes received from a peer.", "From", traffic, peer => peer.BytesReceived);
        PeerCounter("etcd_network_peer_sent_failures_total", "Frames to a peer given up.", "To", traffic, peer => peer.FramesDropped);
        _meter.CreateObservableGauge(
            "etcd_network_active_peers", () => traffic().Select(peer => Measure(peer.IsConnected ? 1L : 0L, "Remote", peer)), null, "Whether a peer is connected.");
    }

    private void Gauge(string name, string description, Func<long> read) =>
        _meter.CreateObservableGauge(name, () => new Measurement<long>(read(), _member), null, description);

    private void Counter(string name, string description, Func<long> read) =>
        _meter.CreateObservableCounter(name, () => new Measurement<long>(read(), _member), null, description);

    private void PeerCounter(
        string name, string description, string label, Func<IReadOnlyList<PeerTraffic>> traffic, Func<PeerTraffic, long> read) =>
        _meter.CreateObservableCounter(name, () => traffic().Select(peer => Measure(read(peer), label, peer)), null, description);

    private Measurement<long> Measure(long value, string label, PeerTraffic peer) =>
        new(value, _member, new KeyValuePair<string, object?>(label, peer.Peer.ToString()));
}
