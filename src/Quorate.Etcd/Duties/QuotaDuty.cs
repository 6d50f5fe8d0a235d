using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;
using Quorate.KeyValue;
using Quorate.Replica;

namespace Quorate.Etcd.Duties;

/// <summary>
/// Raises this member's NOSPACE alarm when its store has grown beyond its quota though nobody asked this member to write:
/// quotas may differ, and what was under way when one was reached still arrives.
/// </summary>
internal sealed class QuotaDuty(RequestPath path) : IReplicaDuty
{
    /// <summary>
    /// The revision for which the alarm was raised last. Who clears it is taken to know what they do, until something
    /// is written again.
    /// </summary>
    private long _raisedRevision;

    private bool _isRaising;

    public void Tick(TimeSpan now)
    {
        StoreHistory version = path.State.History;
        bool isExceeded = path.Options.QuotaBytes > 0 && version.SizeBytes >= path.Options.QuotaBytes;
        if (!isExceeded || _isRaising || version.Revision == _raisedRevision || path.IsLearner || path.Replica.Status.LeaderId.IsNone)
        {
            return;
        }

        if (QuotaGate.IsRaised(path))
        {
            _raisedRevision = version.Revision;
            return;
        }

        _isRaising = true;
        QuotaGate.Raise(path, new Raising(this, version.Revision));
    }

    /// <summary>Ends on the loop, as all that is proposed from it does.</summary>
    private sealed class Raising(QuotaDuty duty, long revision) : EtcdCall<AlarmResponse>
    {
        protected internal override void Succeeded(AlarmResponse response)
        {
            duty._raisedRevision = revision;
            duty._isRaising = false;
        }

        protected internal override void Failed(EtcdError error) => duty._isRaising = false;
    }
}
