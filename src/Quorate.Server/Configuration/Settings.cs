namespace Quorate.Server.Configuration;

/// <summary>All settings of <c>quorate serve</c>. Flags, environment and help text come from this one list.</summary>
public static class Settings
{
    /// <summary>The member's name.</summary>
    public static readonly Setting Name = new("name", "NAME", "This member's name, as --initial-cluster lists it. Default: default");

    /// <summary>The data folder.</summary>
    public static readonly Setting DataDir = new("data-dir", "FOLDER", "Folder that holds everything this member keeps. Default: NAME.quorate");

    /// <summary>Client addresses to listen on.</summary>
    public static readonly Setting ListenClientUrls = new("listen-client-urls", "URLS", "Where to answer clients, separated by commas. Default: http://localhost:2379");

    /// <summary>Client addresses to tell.</summary>
    public static readonly Setting AdvertiseClientUrls = new("advertise-client-urls", "URLS", "Where clients find this member. Default: --listen-client-urls");

    /// <summary>Peer addresses to listen on.</summary>
    public static readonly Setting ListenPeerUrls = new("listen-peer-urls", "URLS", "Where to answer the other members. Default: http://localhost:2380");

    /// <summary>Peer addresses to tell.</summary>
    public static readonly Setting InitialAdvertisePeerUrls = new("initial-advertise-peer-urls", "URLS", "Where the other members find this one. Default: --listen-peer-urls");

    /// <summary>The members.</summary>
    public static readonly Setting InitialCluster = new("initial-cluster", "NAME=URL,…", "All members with their peer URLs, the same list on each. Default: this member alone");

    /// <summary>The token.</summary>
    public static readonly Setting InitialClusterToken = new("initial-cluster-token", "TEXT", "Tells this cluster from others; the same on each member. Default: quorate-cluster");

    /// <summary>New or existing.</summary>
    public static readonly Setting InitialClusterState = new("initial-cluster-state", "new|existing", "new: an empty data folder starts as a founding member; existing: it must hold data already. Default: new");

    /// <summary>Heartbeat interval.</summary>
    public static readonly Setting HeartbeatInterval = new("heartbeat-interval", "MS", "Milliseconds from one heartbeat of the leader to the next. Default: 100");

    /// <summary>Election timeout.</summary>
    public static readonly Setting ElectionTimeout = new("election-timeout", "MS", "Milliseconds without a leader after which members elect one; at least 5 heartbeats. Default: 1000");

    /// <summary>Snapshot count.</summary>
    public static readonly Setting SnapshotCount = new("snapshot-count", "ENTRIES", "Applied entries from one snapshot to the next, at least; where the state is large, as many as weigh as much, or half as much from 128 MiB on. Default: 10000");

    /// <summary>Quota.</summary>
    public static readonly Setting QuotaBackendBytes = new("quota-backend-bytes", "BYTES", "Size of the store beyond which writes are refused; 0 for 2 GiB, negative for no bound. Default: 0");

    /// <summary>Request size.</summary>
    public static readonly Setting MaxRequestBytes = new("max-request-bytes", "BYTES", "Most bytes of one request. Default: 1572864");

    /// <summary>Transaction size.</summary>
    public static readonly Setting MaxTxnOps = new("max-txn-ops", "N", "Most operations in one transaction. Default: 128");

    /// <summary>How the age of revisions is told.</summary>
    public static readonly Setting AutoCompactionMode = new("auto-compaction-mode", "periodic|revision", "What --auto-compaction-retention counts: time, or revisions. Default: periodic");

    /// <summary>How much history is kept.</summary>
    public static readonly Setting AutoCompactionRetention = new("auto-compaction-retention", "TIME|N", "History that the leader keeps when it compacts by itself: a time (1h30m; hours if there is no unit), or a number of revisions; 0 for no compaction. Default: 0");

    /// <summary>Origins of web pages.</summary>
    public static readonly Setting Cors = new("cors", "ORIGINS", "Origins whose web pages may use the JSON gateway, separated by commas; * for all. Default: *");

    /// <summary>Log level.</summary>
    public static readonly Setting LogLevel = new("log-level", "LEVEL", "What is logged: debug, info, warn, error, panic or fatal. Default: info");

    /// <summary>Log format.</summary>
    public static readonly Setting LogFormat = new("log-format", "text|json", "How log lines look. Default: text");

    /// <summary>In the order in which help lists them.</summary>
    public static readonly IReadOnlyList<Setting> All =
    [
        Name, DataDir, ListenClientUrls, AdvertiseClientUrls, ListenPeerUrls, InitialAdvertisePeerUrls,
        InitialCluster, InitialClusterToken, InitialClusterState, HeartbeatInterval, ElectionTimeout,
        SnapshotCount, QuotaBackendBytes, MaxRequestBytes, MaxTxnOps, Cors,
        AutoCompactionMode, AutoCompactionRetention, LogLevel, LogFormat,
    ];
}
