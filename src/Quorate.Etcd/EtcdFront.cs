using Quorate.Etcd.Requests;
using Quorate.Replica;

namespace Quorate.Etcd;

/// <summary>
/// One member as etcd's clients see it: takes requests, checks them, proposes or reads, and answers.
/// It knows neither gRPC nor tasks, so the simulated world drives the same one.
/// </summary>
/// <remarks>Any thread may call it. Where and when a call ends: <see cref="EtcdCall{TResponse}"/>.</remarks>
public sealed class EtcdFront
{
    /// <summary>Creates the front of a member, and gives its replica the duty to let leases expire.</summary>
    public EtcdFront(IReplica replica, EtcdStateMachine state, EtcdOptions options)
    {
        ArgumentNullException.ThrowIfNull(replica);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(options);
        RequestPath path = new(replica, state, options);
        KeyValue = new KeyValueRequests(path);
        Cluster = new ClusterRequests(path);
        Maintenance = new MaintenanceRequests(path);
        Lease = new LeaseRequests(path);
        replica.AddDuty(new LeaseDuty(replica, state, options.LeaseClockStepMax));
    }

    /// <summary>Keys and values.</summary>
    public KeyValueRequests KeyValue { get; }

    /// <summary>The members.</summary>
    public ClusterRequests Cluster { get; }

    /// <summary>Status, hashes, leadership.</summary>
    public MaintenanceRequests Maintenance { get; }

    /// <summary>Leases.</summary>
    public LeaseRequests Lease { get; }
}
