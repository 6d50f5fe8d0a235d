using Quorate.Etcd.Commands;
using Quorate.Etcd.Protocol;

namespace Quorate.Etcd.Requests;

/// <summary>
/// Keeps the store within this member's quota: a write that would make it larger is refused before it is proposed, and
/// raises the NOSPACE alarm, which lets every member refuse such writes until somebody has made room and clears it.
/// </summary>
internal static class QuotaGate
{
    /// <summary>
    /// Whether a write is refused; the call then ends in <see cref="EtcdError.NoSpace"/>, once the alarm is raised, so
    /// that who is told can see it.
    /// </summary>
    public static bool Refuses<TResponse>(RequestPath path, long costBytes, EtcdCall<TResponse> call)
        where TResponse : class, IEtcdResponse
    {
        if (costBytes == 0 || path.Options.QuotaBytes <= 0 || path.State.History.SizeBytes + costBytes < path.Options.QuotaBytes)
        {
            return false;
        }

        if (IsRaised(path))
        {
            call.Failed(EtcdError.NoSpace);
        }
        else
        {
            Raise(path, new RefusedCall<TResponse>(call));
        }

        return true;
    }

    /// <summary>Whether this member has raised the alarm, as far as it has applied.</summary>
    public static bool IsRaised(RequestPath path) => path.State.Alarms.Contains(path.Replica.Id.Value, AlarmType.Nospace);

    /// <summary>Raises this member's alarm; to raise it again changes nothing.</summary>
    public static void Raise(RequestPath path, EtcdCall<AlarmResponse> call)
    {
        AlarmRequest request = new()
        {
            Action = AlarmRequest.Types.AlarmAction.Activate,
            MemberID = path.Replica.Id.Value,
            Alarm = AlarmType.Nospace,
        };
        path.Propose(CommandKind.Alarm, request, default, call);
    }

    /// <summary>However the alarm went, the write that called for it is refused: it was never proposed.</summary>
    private sealed class RefusedCall<TResponse>(EtcdCall<TResponse> call) : EtcdCall<AlarmResponse>
        where TResponse : class, IEtcdResponse
    {
        public override TimeSpan? Timeout => call.Timeout;

        protected internal override void Succeeded(AlarmResponse response) => call.Failed(EtcdError.NoSpace);

        protected internal override void Failed(EtcdError error) => call.Failed(EtcdError.NoSpace);
    }
}
