using Quorate.Io;
using Quorate.Storage;

namespace Quorate.Replica.Parts;

/// <summary>
/// Puts off what a full disk has no room for and nothing that was promised rests on: spare segments of the log and
/// snapshots. They are tried again after a while. See docs/decisions/0020-a-full-disk-stops-what-can-wait.md.
/// </summary>
internal sealed class DiskRoom(IClock clock, IReplicaListener listener, ReplicaCounters counters, Action retry)
{
    /// <summary>Each attempt fills the disk for a moment, with a segment or with most of a snapshot.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private TimeSpan? _triedAgainAt;

    /// <summary>Whether snapshots are to wait.</summary>
    public bool IsShort => _triedAgainAt is not null;

    /// <summary>There was no room for that, and nothing is left of it.</summary>
    public void NotFound(string forWhat, StorageFailedException error)
    {
        _triedAgainAt = clock.Now + Pause;
        counters.DiskFoundFull();
        listener.DiskFull(forWhat, error.InnerException ?? error);
    }

    public void Tick()
    {
        if (_triedAgainAt <= clock.Now)
        {
            _triedAgainAt = null;
            retry();
        }
    }
}
