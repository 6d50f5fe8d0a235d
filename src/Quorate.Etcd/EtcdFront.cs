using Quorate.Etcd.Duties;
using Quorate.Etcd.Requests;
using Quorate.Etcd.Watches;
using Quorate.Replica;

namespace Quorate.Etcd;

/// <summary>
/// One member as etcd's clients see it: takes requests, checks them, proposes or reads, and answers.
/// It knows neither gRPC nor tasks, so the simulated world drives the same one.
/// </summary>
/// <remarks>Any thread may call it. Where and when a call ends: <see cref="EtcdCall{TResponse}"/>.</remarks>
public sealed class EtcdFront
{
    /// <summary>Creates the front of a member, and gives its replica the duties that go with it.</summary>
    /// <param name="replica">The member.</param>
    /// <param name="state">Its state.</param>
    /// <param name="options">The cluster, and the limits of its requests.</param>
    /// <param name="watchGate">What lets one thread at a time into the watches; null where there is one thread.</param>
    /// <param name="alarmListener">Hears of alarms that are raised and cleared; null where nobody wants to.</param>
    public EtcdFront(
        IReplica replica, EtcdStateMachine state, EtcdOptions options, IWatchGate? watchGate = null, IAlarmListener? alarmListener = null)
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
        Auth = new AuthRequests(path);
        replica.AddDuty(new QuotaDuty(path));
        if (options.AutoCompaction is { } compaction)
        {
            replica.AddDuty(compaction.Period is { } period
                ? new PeriodicCompactionDuty(path, period)
                : new RevisionCompactionDuty(path, compaction.Revisions));
        }

        if (alarmListener is not null)
        {
            replica.AddDuty(new AlarmDuty(path, alarmListener));
        }

        Watches = new MemberWatches(replica, state, options, watchGate);
    }

    /// <summary>Keys and values.</summary>
    public KeyValueRequests KeyValue { get; }

    /// <summary>The members.</summary>
    public ClusterRequests Cluster { get; }

    /// <summary>Status, hashes, alarms, backups, leadership.</summary>
    public MaintenanceRequests Maintenance { get; }

    /// <summary>Leases.</summary>
    public LeaseRequests Lease { get; }

    /// <summary>Users and roles.</summary>
    public AuthRequests Auth { get; }

    /// <summary>Watches, of clients and of whatever in the process waits for keys to change.</summary>
    public MemberWatches Watches { get; }
}
