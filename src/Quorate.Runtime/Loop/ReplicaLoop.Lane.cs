using Quorate.Io;

namespace Quorate.Runtime;

/// <content>The lanes of the replica, as the loop sees them.</content>
internal sealed partial class ReplicaLoop
{
    /// <summary>Counts what is under way, so that the loop does not end before the last completion.</summary>
    private sealed class CountedLane(ReplicaLoop loop, bool entersReplica) : IWorkLane
    {
        private int _works;

        public IWorkLane? Inner { get; set; }

        /// <summary>Whether it has more to do than what it has completed.</summary>
        public bool HasWork => Volatile.Read(ref _works) > 0;

        public void Submit(IWork work)
        {
            Interlocked.Increment(ref loop._worksUnderWay);
            Interlocked.Increment(ref _works);
            try
            {
                Inner!.Submit(work);
            }
            catch
            {
                Interlocked.Decrement(ref _works);
                Interlocked.Decrement(ref loop._worksUnderWay);
                throw;
            }
        }

        /// <summary>On the lane's thread.</summary>
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
