using Quorate.Etcd.Requests;
using Quorate.Replica;

namespace Quorate.Etcd.Duties;

/// <summary>Keeps a number of revisions readable: every five minutes what is older is compacted.</summary>
internal sealed class RevisionCompactionDuty(RequestPath path, long revisions) : IReplicaDuty
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private readonly CompactionAttempt attempt = new(path);
    private TimeSpan? next;

    public void Tick(TimeSpan now)
    {
        if (now < (next ??= now + Interval))
        {
            return;
        }

        next = now + Interval;
        long revision = path.State.History.Revision - revisions;
        if (revision > 0 && revision != attempt.DoneRevision && attempt.MayBegin)
        {
            attempt.Begin(revision);
        }
    }
}
