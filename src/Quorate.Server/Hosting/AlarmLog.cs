using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;
using Quorate.Raft;

namespace Quorate.Server.Hosting;

/// <summary>Says in the log what an alarm means and what helps, when it is raised and when it is cleared.</summary>
internal sealed class AlarmLog(ILogger logger, string name, IReadOnlyList<ClusterMember> members) : IAlarmListener
{
    public void Raised(AlarmMember alarm) =>
        ServerLog.AlarmRaised(logger, name, MaintenanceRequests.NameOf(alarm.Alarm), Describe(alarm.MemberID), alarm.Alarm switch
        {
            AlarmType.Nospace =>
                "its store is at the quota (--quota-backend-bytes), and the cluster takes no write that would make it grow; " +
                "delete what is not needed, 'quorate compact' its history away, then 'quorate alarm disarm'",
            AlarmType.Corrupt =>
                "a client says that its data is not what it should be, and the cluster takes no change at all; " +
                "compare the members ('etcdctl endpoint hashkv'), then 'quorate alarm disarm'",
            _ => "it forbids nothing; 'quorate alarm disarm' clears it",
        });

    public void Cleared(AlarmMember alarm) =>
        ServerLog.AlarmCleared(logger, name, MaintenanceRequests.NameOf(alarm.Alarm), Describe(alarm.MemberID));

    /// <summary>An alarm need not be a member's: clients raise it for whatever id they like.</summary>
    private string Describe(ulong id) =>
        members.FirstOrDefault(member => member.Id.Value == id) is { Name: { } known } ? $"{known} ({new MemberId(id)})" : new MemberId(id).ToString();
}
