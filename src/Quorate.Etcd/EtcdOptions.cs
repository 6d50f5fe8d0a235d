using System.Collections.Immutable;
using Quorate.Etcd.Watches;

namespace Quorate.Etcd;

/// <summary>What the cluster is, and the limits of its requests.</summary>
public sealed record EtcdOptions
{
    /// <summary>Most operations of a transaction that are allowed unless set: 128.</summary>
    public const int DefaultTransactionOperationsMax = 128;

    /// <summary>Most bytes of a write that are allowed unless set: 1.5 MiB.</summary>
    public const int DefaultRequestBytesMax = 1536 * 1024;

    /// <summary>Size at which the store refuses to grow unless set: 2 GiB.</summary>
    public const long DefaultQuotaBytes = 2L * 1024 * 1024 * 1024;

    /// <summary>The cluster's id, in the header of every answer.</summary>
    public required ulong ClusterId { get; init; }

    /// <summary>The members as configured. What they publish about themselves is replicated: <see cref="Requests.ClusterRequests"/>.</summary>
    public ImmutableArray<ClusterMember> Members { get; init; } = [];

    /// <summary>Most bytes of a write; a larger one is <see cref="EtcdError.RequestTooLarge"/>.</summary>
    public int RequestBytesMax { get; init; } = DefaultRequestBytesMax;

    /// <summary>
    /// Most compares, and most operations of a branch, of a transaction. A nested one may have what its parent leaves.
    /// </summary>
    public int TransactionOperationsMax { get; init; } = DefaultTransactionOperationsMax;

    /// <summary>Once the store is this large it takes no write that would make it grow. Zero or less: no limit.</summary>
    public long QuotaBytes { get; init; } = DefaultQuotaBytes;

    /// <summary>When the leader compacts by itself; null for never.</summary>
    public AutoCompaction? AutoCompaction { get; init; }

    /// <summary>How long a request waits for its outcome, unless its caller waits less.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>Bounds of watches.</summary>
    public MemberWatchOptions Watches { get; init; } = new();

    /// <summary>
    /// The shortest time to live of a lease; a shorter one is raised to it. It must outlast an election: etcd takes one
    /// and a half election timeouts, in whole seconds.
    /// </summary>
    public long LeaseTtlSecondsMin { get; init; } = 2;

    /// <summary>
    /// The most by which one tick of a member brings its leases closer to their end, whatever its clock shows. Longer than
    /// ticks are apart on a busy machine, and well below the shortest time to live.
    /// </summary>
    public TimeSpan LeaseClockStepMax { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>From which the ids of leases are drawn that clients leave to the server; another for each member and each life.</summary>
    public ulong LeaseIdSeed { get; init; }
}
