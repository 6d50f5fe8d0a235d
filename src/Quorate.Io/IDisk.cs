namespace Quorate.Io;

/// <summary>
/// One member's data folder. Paths are relative to it, with '/' between the parts.
/// Calls block, so after start-up they belong into an <see cref="IWork"/> on a lane.
/// </summary>
/// <remarks>
/// What was written, created, renamed or deleted survives a crash only after the flush that covers it:
/// <see cref="IDiskFile.Flush"/> for bytes, <see cref="FlushFolder"/> for names.
/// Every failure is an <see cref="IOException"/>, that of a full disk a <see cref="DiskFullException"/>; after a failed flush or write nothing may be assumed about the file.
/// </remarks>
public interface IDisk
{
    /// <summary>Names of the files in a folder, in ordinal order; empty when there is no such folder.</summary>
    IReadOnlyList<string> ListFiles(string folder);

    /// <summary>Whether a file of that path exists.</summary>
    bool FileExists(string path);

    /// <summary>Creates a folder; does nothing when it exists.</summary>
    void CreateFolder(string folder);

    /// <summary>Opens a file as <paramref name="mode"/> says.</summary>
    /// <exception cref="IOException">The file is missing, exists already, or cannot be opened.</exception>
    IDiskFile Open(string path, DiskFileMode mode);

    /// <summary>Renames a file, replacing one that has the new name.</summary>
    void Rename(string path, string newPath);

    /// <summary>Deletes a file; does nothing when there is none.</summary>
    void Delete(string path);

    /// <summary>Makes creations, renames and deletions in a folder durable.</summary>
    void FlushFolder(string folder);

    /// <summary>Takes the lock of that name, held until disposed or until the process ends.</summary>
    /// <exception cref="DiskLockedException">Another process holds it.</exception>
    IDisposable Lock(string path);
}
