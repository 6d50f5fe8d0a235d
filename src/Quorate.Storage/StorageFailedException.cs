using Quorate.Io;

namespace Quorate.Storage;

/// <summary>
/// A write or flush has failed. Nothing may be assumed about the file and nothing is tried again: the server must stop
/// (spec S4), unless <see cref="IsDiskFull"/> is told of a file that it can do without.
/// </summary>
public sealed class StorageFailedException : StorageException
{
    /// <summary>Names the file and what was being done to it.</summary>
    public StorageFailedException(string path, string operation, Exception inner)
        : base(
            path,
            $"{operation} of '{path}' failed: {inner?.Message}. The server stops; it is safe to start it again once the disk "
            + (inner is DiskFullException ? "has room" : "works"),
            inner)
    {
        Operation = operation;
    }

    /// <summary>What was being done.</summary>
    public string Operation { get; }

    /// <summary>
    /// Whether there was no room. Where a spare segment or a snapshot finds none it has been deleted, and the server may go
    /// on: nothing that was promised rests on it. See docs/decisions/0020-a-full-disk-stops-what-can-wait.md.
    /// </summary>
    public bool IsDiskFull => InnerException is DiskFullException;
}
