using Quorate.Raft;

namespace Quorate.Replica;

/// <summary>
/// Hears what happens in a replica that an operator would want to know. The host turns it into logs.
/// Called on the replica's loop, in the middle of an event: it must not block and must not call the replica.
/// </summary>
/// <remarks>Every member does nothing unless overridden.</remarks>
public interface IReplicaListener
{
    /// <summary>Storage is recovered and the newest snapshot loaded; the replica is about to take part.</summary>
    /// <param name="lastLog">The last entry of its log.</param>
    /// <param name="snapshotIndex">Last index of the snapshot loaded; zero without one.</param>
    /// <param name="term">Its term.</param>
    /// <param name="notes">What was found and put right on disk, in sentences.</param>
    void Started(LogPosition lastLog, long snapshotIndex, long term, IReadOnlyList<string> notes)
    {
    }

    /// <summary>It plays another part than before.</summary>
    void RoleChanged(Role from, Role to, long term)
    {
    }

    /// <summary>It knows of another leader than before, or (<see cref="MemberId.None"/>) of none any more.</summary>
    void LeaderChanged(MemberId leader, long term)
    {
    }

    /// <summary>Capturing and writing a snapshot of its own state has begun.</summary>
    void SnapshotStarted(LogPosition lastIncluded)
    {
    }

    /// <summary>A snapshot of its own state is durable, and the log may be cut.</summary>
    void SnapshotTaken(SnapshotMetadata snapshot, TimeSpan duration)
    {
    }

    /// <summary>A snapshot from the leader is durable and has replaced the state.</summary>
    void SnapshotInstalled(SnapshotMetadata snapshot)
    {
    }

    /// <summary>A received or stored snapshot turned out not to be whole; it is fetched again.</summary>
    void SnapshotRefused(SnapshotMetadata snapshot, string reason)
    {
    }

    /// <summary>A frame was ignored.</summary>
    /// <param name="from">The member whose connection it came by.</param>
    /// <param name="reason">Why.</param>
    /// <param name="bytes">Its length.</param>
    void FrameRefused(ulong from, FrameRefusal reason, int bytes)
    {
    }

    /// <summary>
    /// The disk is full: there is no room for something that the replica can do without for now (a spare segment of the log, a
    /// snapshot). It goes on and tries again after a while. Where the log itself finds no room, it has <see cref="Failed"/>.
    /// </summary>
    /// <param name="forWhat">For what there is none, as "a snapshot".</param>
    /// <param name="error">What the disk said.</param>
    void DiskFull(string forWhat, Exception error)
    {
    }

    /// <summary>
    /// As the leader: a follower does not have any more what it has acknowledged. Its disk has lied about a flush, or an older copy
    /// of its data folder was put in the place of the last. It is sent it again; until then there is a copy less than was promised.
    /// </summary>
    void FollowerLostEntries(FollowerLoss loss)
    {
    }

    /// <summary>
    /// The replica has stopped for good (spec S4): a write or flush failed, its state cannot be trusted, or the state
    /// machine threw. The host ends the process and says why. Called once.
    /// </summary>
    void Failed(string what, Exception error)
    {
    }
}
