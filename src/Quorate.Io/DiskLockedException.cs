namespace Quorate.Io;

/// <summary>The lock of a data folder is held by another process, or by another member in this one.</summary>
public sealed class DiskLockedException : IOException
{
    /// <summary>Names the lock file.</summary>
    public DiskLockedException(string path, Exception? inner = null)
        : base($"'{path}' is locked: another member uses this data folder, perhaps this one that runs already; stop it, or name another folder", inner)
    {
        Path = path;
    }

    /// <summary>The lock file.</summary>
    public string Path { get; }
}
