using Quorate.Etcd.Commands;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;

namespace Quorate.Etcd.Duties;

/// <summary>The compaction that a duty has proposed: one at a time, by the leader only.</summary>
internal sealed class CompactionAttempt(RequestPath path)
{
    private bool _isUnderWay;

    /// <summary>The revision of the last compaction that was carried out, by whomever; zero before the first.</summary>
    public long DoneRevision { get; private set; }

    /// <summary>Whether this member may propose one now.</summary>
    public bool MayBegin => !_isUnderWay && path.Replica.Status.Role == Raft.Role.Leader;

    /// <summary>Proposes one; <paramref name="done"/> is called on the loop if it is carried out.</summary>
    public void Begin(long revision, Action? done = null)
    {
        _isUnderWay = true;
        path.Propose(CommandKind.Compact, new CompactionRequest { Revision = revision }, default, new Call(this, revision, done));
    }

    /// <summary>A failure is no matter: it is tried again when its time comes.</summary>
    private void End(long revision, Action? done, bool isDone)
    {
        _isUnderWay = false;
        if (isDone)
        {
            DoneRevision = revision;
            done?.Invoke();
        }
    }

    private sealed class Call(CompactionAttempt attempt, long revision, Action? done) : EtcdCall<CompactionResponse>
    {
        protected internal override void Succeeded(CompactionResponse response) => attempt.End(revision, done, isDone: true);

        protected internal override void Failed(EtcdError error) => attempt.End(revision, done, isDone: error == EtcdError.Compacted);
    }
}
