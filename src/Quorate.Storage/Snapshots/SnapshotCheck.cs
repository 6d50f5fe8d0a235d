using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>
/// Reads a snapshot to its end, some blocks a step, and compares it with what it should be. Ends with a
/// <see cref="SnapshotDamagedException"/> where it is something else.
/// </summary>
internal sealed class SnapshotCheck(IDisk disk, MemberIdentity identity, SnapshotMetadata snapshot, Action<Exception?> completed) : IWork
{
    private SnapshotBlocks? _blocks;

    public bool Step()
    {
        _blocks ??= new SnapshotBlocks(disk, SnapshotFormat.PathOf(snapshot.LastIncluded), identity, snapshot);
        return _blocks.CheckSome();
    }

    public void Completed(Exception? error)
    {
        _blocks?.Dispose();
        completed(error);
    }
}
