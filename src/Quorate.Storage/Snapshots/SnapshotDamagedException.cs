namespace Quorate.Storage;

/// <summary>A snapshot is damaged.</summary>
public sealed class SnapshotDamagedException : StorageDamagedException
{
    /// <summary>Names the file and the place in it.</summary>
    public SnapshotDamagedException(string path, long offset, string problem)
        : base(path, offset, problem)
    {
    }
}
