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

    private readonly RequestPath _path;
    private readonly CompactionAttempt _attempt;
    private readonly TimeSpan _period;
    private readonly TimeSpan _interval;
    private readonly TimeSpan _sampleInterval;
    private readonly int _samplesMax;

    /// <summary>The revisions at the last sample times, the oldest first: at most those of one period.</summary>
    private readonly Queue<long> _samples = new();

    private TimeSpan? _nextSample;
    private TimeSpan _lastDone;
    private bool _isFirst = true;
    private TimeSpan _now;

    public PeriodicCompactionDuty(RequestPath path, TimeSpan period)
    {
        _path = path;
        _period = period;
        _attempt = new CompactionAttempt(path);
        _interval = period < TimeSpan.FromHours(1) ? period : TimeSpan.FromHours(1);
        _sampleInterval = _interval / SamplesInInterval;
        _samplesMax = (int)(period / _sampleInterval) + 1;
    }

    public void Tick(TimeSpan now)
    {
        _now = now;
        if (_nextSample is null)
        {
            _lastDone = now;
        }
        else if (now < _nextSample)
        {
            return;
        }
        else
        {
            Consider();
        }

        Sample();
        _nextSample = now + _sampleInterval;
    }

    private void Sample()
    {
        _samples.Enqueue(_path.State.History.Revision);
        if (_samples.Count > _samplesMax)
        {
            _samples.Dequeue();
        }
    }

    private void Consider()
    {
        long revision = _samples.Peek();
        if (!_attempt.MayBegin || _now - _lastDone < (_isFirst ? _period : _interval) || revision == _attempt.DoneRevision)
        {
            return;
        }

        _isFirst = false;
        _attempt.Begin(revision, () => _lastDone = _now);
    }
}
