using System.Diagnostics;
using System.Diagnostics.Metrics;
using Quorate.Etcd;
using Quorate.Etcd.Watches;
using Quorate.Replica;
using Quorate.Server.Hosting;
using Quorate.Server.Http;

namespace Quorate.Server.Metrics;

/// <summary>What the store and the process measure, under the names that dashboards for etcd and Prometheus know.</summary>
internal sealed class ServerMetrics : IDisposable
{
    private readonly Meter _meter = new("Quorate.Server");
    private readonly Process _process = Process.GetCurrentProcess();

    public ServerMetrics(
        EtcdStateMachine state, MemberWatches watches, long quotaBytes, IReadOnlyList<ClusterMember> members, ConnectionPlaces connections, Func<ReplicaStatus> status)
    {
        double started = new DateTimeOffset(_process.StartTime).ToUnixTimeMilliseconds() / 1000.0;
        Gauge("etcd_mvcc_db_total_size_in_bytes", "Size of the store, with all revisions held.", () => state.History.SizeBytes);
        Gauge("etcd_mvcc_db_total_size_in_use_in_bytes", "Size of the store, with all revisions held.", () => state.History.SizeBytes);
        Gauge("etcd_server_quota_backend_bytes", "Size beyond which writes are refused; 0 for no bound.", () => quotaBytes);
        Gauge("etcd_debugging_mvcc_keys_total", "Keys present.", () => state.History.KeyCount);
        Gauge("etcd_debugging_mvcc_current_revision", "The store's revision.", () => state.History.Revision);
        Gauge("etcd_debugging_mvcc_compact_revision", "The oldest revision held.", () => state.History.CompactRevision);
        Gauge("etcd_debugging_mvcc_watch_stream_total", "Streams of watches.", () => watches.StreamCount);
        Gauge("etcd_debugging_mvcc_watcher_total", "Watches.", () => watches.WatcherCount);
        Gauge("etcd_debugging_mvcc_slow_watcher_total", "Watches that read history.", () => watches.SlowWatcherCount);
        Gauge("etcd_debugging_mvcc_pending_events_total", "Events that wait for clients to read.", () => watches.PendingEvents);
        _meter.CreateObservableCounter("etcd_debugging_mvcc_events_total", () => watches.EventsSent, null, "Events told.");
        Count("etcd_debugging_lease_granted_total", "Leases granted.", () => state.LeaseCounts.Granted);
        Count("etcd_debugging_lease_renewed_total", "Renewals of leases.", () => state.LeaseCounts.Renewed);
        Count("etcd_debugging_lease_revoked_total", "Leases revoked, by request or because they have expired.", () => state.LeaseCounts.Revoked);
        _meter.CreateObservableGauge("process_start_time_seconds", () => started, null, "Start of the process, in seconds since 1970.");
        _meter.CreateObservableCounter("process_cpu_seconds_total", () => Fresh().TotalProcessorTime.TotalSeconds, null, "Processor time used.");
        _meter.CreateObservableGauge("process_resident_memory_bytes", () => Fresh().WorkingSet64, null, "Memory in use.");
        OfDescriptors();
        OfReplication(status);
        Gauge("quorate_client_connections", "Connections of clients that are open.", () => connections.Taken);
        Gauge("quorate_client_connections_max", "How many connections of clients there may be; more are closed at once.", () => connections.Max);
        _meter.CreateObservableGauge("dotnet_gc_heap_bytes", () => GC.GetTotalMemory(forceFullCollection: false), null, "Memory that the collector counts.");
        _meter.CreateObservableCounter("dotnet_gc_allocated_bytes_total", () => GC.GetTotalAllocatedBytes(), null, "Bytes allocated, of memory that the collector counts.");
        _meter.CreateObservableCounter("dotnet_gc_pause_seconds_total", () => GC.GetTotalPauseDuration().TotalSeconds, null, "Time in which the collector stopped everything.");
        _meter.CreateObservableCounter(
            "dotnet_gc_collections_total",
            () => Enumerable.Range(0, GC.MaxGeneration + 1).Select(generation => new Measurement<long>(
                GC.CollectionCount(generation), new KeyValuePair<string, object?>("generation", generation))),
            null,
            "Collections of each generation; one counts for the younger ones too.");
        _meter.CreateObservableGauge(
            "quorate_peer_info",
            () => members.Select(member => new Measurement<long>(
                1, new KeyValuePair<string, object?>("id", member.Id.ToString()), new KeyValuePair<string, object?>("name", member.Name))),
            null,
            "The names of the members, whom etcd's metrics have by their ids.");
        _meter.CreateObservableGauge(
            "etcd_server_version", () => new Measurement<long>(1, new KeyValuePair<string, object?>("server_version", EtcdCompatibility.Version)), null, "The version of etcd whose API this is.");
    }

    public void Dispose()
    {
        _meter.Dispose();
        _process.Dispose();
    }

    /// <summary>What a system does not tell is left out, as Prometheus' own clients do.</summary>
    private void OfDescriptors()
    {
        if (DescriptorLimit.CountOpen() is not null)
        {
            Gauge("process_open_fds", "Files and sockets that the process has open.", () => DescriptorLimit.CountOpen() ?? 0);
        }

        if (DescriptorLimit.Ask() is { } limit)
        {
            Gauge("process_max_fds", "How many files and sockets the process may open.", () => limit);
        }
    }

    private void OfReplication(Func<ReplicaStatus> status)
    {
        Gauge("quorate_log_last_index", "Index of the last entry of the log.", () => status().LastIndex);
        _meter.CreateObservableGauge(
            "quorate_follower_match_index",
            () => status().Followers.Select(follower => new Measurement<long>(
                follower.MatchIndex, new KeyValuePair<string, object?>("To", follower.Id.ToString()))),
            null,
            "As the leader, up to which index a follower's log is known to equal its own; quorate_log_last_index less this is how far it is behind.");
    }

    private void Gauge(string name, string description, Func<long> read) => _meter.CreateObservableGauge(name, read, null, description);

    private void Count(string name, string description, Func<long> read) => _meter.CreateObservableCounter(name, read, null, description);

    private Process Fresh()
    {
        _process.Refresh();
        return _process;
    }
}
