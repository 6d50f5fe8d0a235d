using Quorate.Io;

namespace Quorate.Runtime;

/// <content>The lanes of the replica, as the loop sees them, and the thread that takes the place of one's own.</content>
internal sealed partial class ReplicaLoop
{
    /// <summary>
    /// Where the last work took longer, the next is the lane's own: the connection of a thread that is lent is not read, and
    /// what is spared is a wake-up of some thirty microseconds.
    /// </summary>
    private static readonly TimeSpan s_lentMax = TimeSpan.FromMilliseconds(1);

    private CountedLane? _logLane;
    private ConnectionThread? _lent;
    private long _lends;
    private long _lendsSeen; // of the loop
    private TimeSpan _lendsSeenAt;

    /// <summary>
    /// Whether this thread, which has the turn, is to carry out what the log gets to do in this turn. Only where the
    /// replica is at rest: a thread that flushes does not read what others wait for, and under load the flush is to begin
    /// while entries are still being applied.
    /// </summary>
    private bool MayLend(IDrivenReplica replica) =>
        ConnectionThread.Current is not null && replica.IsAtRest && _logLane is { HasWork: false } lane && lane.Inner!.LastTook <= s_lentMax;

    /// <summary>Lends this thread to the log's lane, once its turn is over.</summary>
    private ValueTask Lend(ConnectionThread thread)
    {
        Interlocked.Increment(ref _lends); // first: a tick that comes now is not to take it for the one before
        Volatile.Write(ref _lent, thread);
        return thread.Lend(_logLane!.Inner!);
    }

    /// <summary>
    /// A thread that is still lent a tick after it was first seen to be is waiting for a disk that is slower than expected:
    /// its connection is read elsewhere, long before anybody misses a heartbeat. Of the loop, at every tick.
    /// </summary>
    private void ReleaseWhatIsLentForLong(TimeSpan now)
    {
        long lends = Volatile.Read(ref _lends);
        if (lends != _lendsSeen)
        {
            _lendsSeen = lends;
            _lendsSeenAt = now;
        }
        else if (now - _lendsSeenAt >= _tickInterval)
        {
            Volatile.Read(ref _lent)?.Release();
        }
    }

    /// <summary>Counts what is under way, so that the loop does not end before the last completion.</summary>
    private sealed class CountedLane(ReplicaLoop loop, bool entersReplica) : IWorkLane
    {
        private int _works;

        public WorkLane? Inner { get; set; }

        /// <summary>Of whoever has the turn: the work is left to it, who calls <see cref="TakeKept"/> in the same turn.</summary>
        public bool Keeps { get; set; }

        private bool _hasKept;

        /// <summary>Whether it has more to do than what it has completed.</summary>
        public bool HasWork => Volatile.Read(ref _works) > 0;

        public void Submit(IWork work)
        {
            Interlocked.Increment(ref loop._worksUnderWay);
            Interlocked.Increment(ref _works);
            try
            {
                Inner!.Submit(work, wake: !Keeps);
                _hasKept |= Keeps;
            }
            catch
            {
                Interlocked.Decrement(ref _works);
                Interlocked.Decrement(ref loop._worksUnderWay);
                throw;
            }
        }

        /// <summary>Whether the thread that has the turn has work of this lane to do afterwards.</summary>
        public bool TakeKept()
        {
            bool hasKept = _hasKept;
            _hasKept = false;
            Keeps = false;
            return hasKept;
        }

        /// <summary>On the lane's thread, or the one that has taken its place.</summary>
        public void Completed(IWork work, Exception? error)
        {
            Interlocked.Decrement(ref _works);
            bool isTaken = loop._inbox.Post(new InboxItem(InboxItemKind.Completion, work, error), wake: !entersReplica);
            if (isTaken && entersReplica)
            {
                loop.CarryOutHere(this);
            }
        }
    }
}
