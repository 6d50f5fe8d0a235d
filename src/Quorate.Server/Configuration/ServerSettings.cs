using Quorate.Etcd;

namespace Quorate.Server.Configuration;

/// <summary>The settings of one member, checked: what is in here can work.</summary>
public sealed record ServerSettings
{
    /// <summary>The member's name, as the initial cluster lists it.</summary>
    public required string Name { get; init; }

    /// <summary>Where it keeps everything.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Where it answers clients.</summary>
    public required IReadOnlyList<MemberUrl> ListenClientUrls { get; init; }

    /// <summary>Where clients are told to find it.</summary>
    public required IReadOnlyList<MemberUrl> AdvertiseClientUrls { get; init; }

    /// <summary>Where it answers the other members.</summary>
    public required IReadOnlyList<MemberUrl> ListenPeerUrls { get; init; }

    /// <summary>Where the other members find it.</summary>
    public required IReadOnlyList<MemberUrl> AdvertisePeerUrls { get; init; }

    /// <summary>All members of the cluster as it starts, this one included.</summary>
    public required IReadOnlyList<InitialMember> InitialCluster { get; init; }

    /// <summary>Tells this cluster from others that were made of the same addresses.</summary>
    public required string InitialClusterToken { get; init; }

    /// <summary>From one heartbeat of the leader to the next.</summary>
    public required TimeSpan HeartbeatInterval { get; init; }

    /// <summary>Shortest time without a leader after which a follower campaigns; each is drawn from one to two times this.</summary>
    public required TimeSpan ElectionTimeout { get; init; }

    /// <summary>Applied entries from one snapshot to the next.</summary>
    public required int SnapshotCount { get; init; }

    /// <summary>Size of the store in bytes beyond which writes are refused; zero for no bound.</summary>
    public required long QuotaBytes { get; init; }

    /// <summary>Most bytes of one request.</summary>
    public required int RequestBytesMax { get; init; }

    /// <summary>Most operations in one transaction.</summary>
    public required int TransactionOperationsMax { get; init; }

    /// <summary>When the leader compacts by itself; null for never.</summary>
    public AutoCompaction? AutoCompaction { get; init; }

    /// <summary>Origins whose web pages may read answers; any, if it holds <c>*</c> or nothing.</summary>
    public required IReadOnlyCollection<string> CorsOrigins { get; init; }

    /// <summary>What is logged.</summary>
    public required LogLevel LogLevel { get; init; }

    /// <summary>Whether log lines are JSON objects.</summary>
    public required bool LogsAsJson { get; init; }
}
