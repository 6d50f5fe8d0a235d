namespace Quorate.Server.Configuration;

/// <summary>
/// The flags of etcd 3.4 to 3.6 that this server does not take, with why, or what does it instead: whoever brings the
/// flags of an etcd is told more than that they are not known. Those that ask for security are <see cref="SecuritySettings"/>.
/// </summary>
/// <remarks>Variables of these names only warn: in a container they may be somebody else's.</remarks>
public static class UntakenFlags
{
    /// <summary>What etcd puts before a flag until it is settled.</summary>
    private const string Experimental = "experimental-";

    private static readonly (string Reason, string[] Names)[] s_groups =
    [
        ("there is no configuration file; give flags, or variables (QUORATE_… or ETCD_…)", ["config-file"]),
        ($"log and snapshots are in one folder; {Settings.DataDir.Flag} names it", ["wal-dir"]),
        ("old snapshots and segments of the log are removed by themselves", ["max-snapshots", "max-wals", "snapshot-catchup-entries"]),
        (
            "there is no bolt file: the store is in memory, and its durability is the log's",
            [
                "backend-batch-interval", "backend-batch-limit", "backend-bbolt-freelist-type", "bootstrap-defrag-threshold-megabytes",
                "compaction-batch-limit", "compaction-sleep-interval", "memory-mlock", "stop-grpc-service-on-defrag",
            ]),
        ("nothing is acknowledged before it is flushed, and that cannot be switched off", ["unsafe-no-fsync"]),
        ($"all of it is answered at {Settings.ListenClientUrls.Flag}", ["listen-metrics-urls", "listen-client-http-urls", "enable-grpc-gateway"]),
        (
            "limits of connections and their times are no settings",
            [
                "max-concurrent-streams", "grpc-keepalive-min-time", "grpc-keepalive-interval", "grpc-keepalive-timeout",
                "raft-read-timeout", "raft-write-timeout", "socket-reuse-address", "socket-reuse-port", "local-address", "set-member-localaddr",
            ]),
        (
            $"members are listed in {Settings.InitialCluster.Flag}",
            [
                "discovery", "discovery-fallback", "discovery-proxy", "discovery-srv", "discovery-srv-name", "discovery-endpoints",
                "discovery-token", "discovery-dial-timeout", "discovery-request-timeout", "discovery-keepalive-time",
                "discovery-keepalive-timeout", "discovery-insecure-transport", "discovery-insecure-skip-tls-verify", "discovery-cert",
                "discovery-key", "discovery-cacert", "discovery-user", "discovery-password",
            ]),
        ("the members of a cluster are those it was founded with", ["strict-reconfig-check", "max-learners"]),
        ("a cluster that has lost its majority is made anew of a data folder that is left: 'quorate snapshot extract', then 'quorate snapshot restore'", ["force-new-cluster"]),
        ("a vote is always asked for in advance", ["pre-vote"]),
        ("how a member begins is no setting", ["initial-election-tick-advance", "wait-cluster-ready-timeout"]),
        (
            "there is no API of version 2, and no proxy; clients speak version 3",
            [
                "enable-v2", "enable-v2v3", "v2-deprecation", "proxy", "proxy-failure-wait", "proxy-refresh-interval",
                "proxy-dial-timeout", "proxy-write-timeout", "proxy-read-timeout",
            ]),
        (
            "logs and snapshots are always verified when they are read; 'etcdctl endpoint hashkv' compares members",
            ["initial-corrupt-check", "corrupt-check-time", "compact-hash-check-enabled", "compact-hash-check-time"]),
        ("what leases have left is always replicated", ["enable-lease-checkpoint", "enable-lease-checkpoint-persist"]),
        ("there is no such choice here", ["txn-mode-write-with-shared-buffer", "watch-progress-notify-interval", "downgrade-check-time", "feature-gates"]),
        ($"the log goes to standard error; {Settings.LogLevel.Flag} and {Settings.LogFormat.Flag} say what and how",
            ["logger", "log-outputs", "log-package-levels", "debug", "enable-log-rotation", "log-rotation-config-json"]),
        ("/metrics has all there is, and .NET's own tools profile", ["metrics", "enable-pprof"]),
        (
            "slow requests are not logged and traces not sent; /metrics has what is counted",
            [
                "warning-apply-duration", "warning-unary-request-duration", "enable-distributed-tracing", "distributed-tracing-address",
                "distributed-tracing-service-name", "distributed-tracing-instance-id", "distributed-tracing-sampling-rate",
            ]),
    ];

    /// <summary>All of them, each under its own name and as etcd's experimental one, with the reason.</summary>
    public static readonly IReadOnlyList<(Setting Setting, string Reason)> All =
    [
        .. s_groups.SelectMany(group => group.Names.SelectMany(name => new[] { name, Experimental + name }).Select(name => (EtcdsOwn(name), group.Reason))),
    ];

    /// <summary>One line for each that is given, whatever its value.</summary>
    public static IEnumerable<string> Refusals(SettingsSource source) =>
        from refused in All
        where source.FindFlag(refused.Setting) is not null
        select $"{refused.Setting.Flag} is a flag of etcd that is not taken: {refused.Reason}";

    private static Setting EtcdsOwn(string name) => new(name, "…", "etcd's; refused");
}
