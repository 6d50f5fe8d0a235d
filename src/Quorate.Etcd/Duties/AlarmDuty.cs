using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;
using Quorate.Etcd.State;
using Quorate.Replica;

namespace Quorate.Etcd.Duties;

/// <summary>
/// Tells which alarms have come and gone, by comparing what is active with what was told. So a snapshot that replaces the state
/// tells no less than commands do, and what is raised and cleared while the log is applied anew after a start is not told.
/// </summary>
internal sealed class AlarmDuty(RequestPath path, IAlarmListener listener) : IReplicaDuty
{
    /// <summary>Of what the log held at the start, everything that is still in it must have been applied before anything is told.</summary>
    private readonly long _lastIndexAtStart = path.Replica.Status.LastIndex;

    private bool _hasCaughtUp;
    private Alarms _told = Alarms.None;

    public void Tick(TimeSpan now)
    {
        // The end of the log may be cut off by a leader that does not have it.
        ReplicaStatus status = path.Replica.Status;
        _hasCaughtUp |= !status.LeaderId.IsNone && status.AppliedIndex >= Math.Min(_lastIndexAtStart, status.LastIndex);
        Alarms active = path.State.Alarms;
        if (!_hasCaughtUp || ReferenceEquals(active, _told))
        {
            return;
        }

        foreach (AlarmMember alarm in _told.Active)
        {
            if (!active.Contains(alarm.MemberID, alarm.Alarm))
            {
                listener.Cleared(alarm);
            }
        }

        foreach (AlarmMember alarm in active.Active)
        {
            if (!_told.Contains(alarm.MemberID, alarm.Alarm))
            {
                listener.Raised(alarm);
            }
        }

        _told = active;
    }
}
