using Quorate.Etcd.Protocol;

namespace Quorate.Etcd;

/// <summary>
/// Hears of alarms that are raised and cleared, by whomever: every member hears of all of them. The host turns it into logs.
/// Called on the replica's loop: it must not block and must not call the member.
/// </summary>
public interface IAlarmListener
{
    /// <summary>An alarm is active that was not; or was active when this member had caught up with its own log after its start.</summary>
    void Raised(AlarmMember alarm);

    /// <summary>An alarm that was active is so no more.</summary>
    void Cleared(AlarmMember alarm);
}
