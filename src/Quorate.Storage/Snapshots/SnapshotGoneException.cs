using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>A snapshot was asked for that is not kept any more. No reason to stop: there is a newer one.</summary>
public sealed class SnapshotGoneException : StorageException
{
    /// <summary>Names the snapshot.</summary>
    public SnapshotGoneException(LogPosition position)
        : base(SnapshotFormat.PathOf(position), $"the snapshot of {position} is not kept any more: take the newest")
    {
    }
}
