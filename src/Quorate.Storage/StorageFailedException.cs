using Quorate.Io;

namespace Quorate.Storage;

/// <summary>
/// A write or flush has failed. Nothing may be assumed about the file and nothing is tried again: the server must stop
/// (spec S4).
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

    /// <summary>What the disk said, if it was full. Only whoever can do without the file, and deletes it, may go on.</summary>
    internal DiskFullException? DiskFull => InnerException as DiskFullException;
}
