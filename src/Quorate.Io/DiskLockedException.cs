namespace Quorate.Io;

/// <summary>The lock of a data folder is held by another process.</summary>
public sealed class DiskLockedException : IOException
{
    /// <summary>Names the lock file.</summary>
    public DiskLockedException(string path, Exception? inner = null)
        : base($"'{path}' is locked: another process is using this data folder", inner)
    {
        Path = path;
    }

    /// <summary>The lock file.</summary>
    public string Path { get; }
}
