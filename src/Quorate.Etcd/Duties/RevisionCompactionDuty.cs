using Quorate.Etcd.Requests;
using Quorate.Replica;

namespace Quorate.Etcd.Duties;

/// <summary>Keeps a number of revisions readable: every five minutes what is older is compacted.</summary>
internal sealed class RevisionCompactionDuty(RequestPath path, long revisions) : IReplicaDuty
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(5);

    private readonly CompactionAttempt _attempt = new(path);
    private TimeSpan? _next;

    public void Tick(TimeSpan now)
    {
        if (now < (_next ??= now + s_interval))
        {
            return;
        }

        _next = now + s_interval;
        long revision = path.State.History.Revision - revisions;
        if (revision > 0 && revision != _attempt.DoneRevision && _attempt.MayBegin)
        {
            _attempt.Begin(revision);
        }
    }
}
