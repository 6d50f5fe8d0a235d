using Quorate.Io;
using Quorate.Storage;

namespace Quorate.Replica.Parts;

/// <summary>
/// Whether the disk has room for a kind of file that nothing promised rests on: spare segments of the log, snapshots. Where it
/// has none, such files wait. Each kind waits by itself: what has no room for the one may have it for another.
/// See docs/decisions/0020-a-full-disk-stops-what-can-wait.md.
/// </summary>
/// <param name="forWhat">The kind, as "a snapshot".</param>
/// <param name="clock">The clock of the replica.</param>
/// <param name="listener">Hears of it.</param>
/// <param name="counters">Where it is counted.</param>
internal sealed class DiskRoom(string forWhat, IClock clock, IReplicaListener listener, ReplicaCounters counters)
{
    /// <summary>Each attempt fills the disk for a moment, with a segment or with most of a snapshot.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private TimeSpan? _until;

    /// <summary>Whether files of the kind are to wait.</summary>
    public bool IsShort => clock.Now < _until;

    /// <summary>There was no room for one.</summary>
    public void NotFound(FoundNoRoomException error)
    {
        _until = clock.Now + Pause;
        counters.DiskFoundFull();
        listener.DiskFull(forWhat, error);
    }

    /// <summary>Takes the retry of one that found no room, if it is due; true once.</summary>
    public bool TakeRetry()
    {
        if (_until is null || IsShort)
        {
            return false;
        }

        _until = null;
        return true;
    }
}
