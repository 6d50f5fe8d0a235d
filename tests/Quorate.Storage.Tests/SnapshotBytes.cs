using Quorate.Raft;

namespace Quorate.Storage.Tests;

/// <summary>A snapshot as another member would send it.</summary>
internal static class SnapshotBytes
{
    public static (SnapshotMetadata Snapshot, byte[] Bytes) Make(LogPosition position, int length = 1000)
    {
        StorageHarness sender = new StorageHarness().Open();
        SnapshotMetadata snapshot = sender.Snapshot(position.Term, position.Index, length);
        byte[] bytes = new byte[snapshot.Length];
        Exception? error = null;
        sender.Storage.Snapshots.ReadChunk(snapshot, 0, bytes, result => error = result);
        sender.BackgroundLane.RunAll();
        error.ShouldBeNull();
        return (snapshot, bytes);
    }
}
