using Quorate.Etcd.Requests;
using Quorate.Replica;

namespace Quorate.Etcd.Duties;

/// <summary>
/// Keeps what was overwritten readable for a period. Every tenth of the period, or of an hour if that is shorter, the
/// revision of the moment is written down; what the oldest of those of one period names is compacted, first when a
/// period has passed since the start, then once in a period or an hour, whichever is shorter. All members write
/// revisions down, so a new leader goes on where the old one was.
/// </summary>
internal sealed class PeriodicCompactionDuty : IReplicaDuty
{
    private const int SamplesInInterval = 10;

    private readonly RequestPath path;
    private readonly CompactionAttempt attempt;
    private readonly TimeSpan period;
    private readonly TimeSpan interval;
    private readonly TimeSpan sampleInterval;
    private readonly int samplesMax;

    /// <summary>The revisions at the last sample times, the oldest first: at most those of one period.</summary>
    private readonly Queue<long> samples = new();

    private TimeSpan? nextSample;
    private TimeSpan lastDone;
    private bool isFirst = true;
    private TimeSpan now;

    public PeriodicCompactionDuty(RequestPath path, TimeSpan period)
    {
        this.path = path;
        this.period = period;
        attempt = new CompactionAttempt(path);
        interval = period < TimeSpan.FromHours(1) ? period : TimeSpan.FromHours(1);
        sampleInterval = interval / SamplesInInterval;
        samplesMax = (int)(period / sampleInterval) + 1;
    }

    public void Tick(TimeSpan now)
    {
        this.now = now;
        if (nextSample is null)
        {
            lastDone = now;
        }
        else if (now < nextSample)
        {
            return;
        }
        else
        {
            Consider();
        }

        Sample();
        nextSample = now + sampleInterval;
    }

    private void Sample()
    {
        samples.Enqueue(path.State.History.Revision);
        if (samples.Count > samplesMax)
        {
            samples.Dequeue();
        }
    }

    private void Consider()
    {
        long revision = samples.Peek();
        if (!attempt.MayBegin || now - lastDone < (isFirst ? period : interval) || revision == attempt.DoneRevision)
        {
            return;
        }

        isFirst = false;
        attempt.Begin(revision, () => lastDone = now);
    }
}
