namespace Quorate.Storage;

/// <summary>Stored bytes are not what was written (spec S3). They are never skipped silently.</summary>
public class StorageDamagedException : StorageException
{
    /// <summary>Names the file and the place in it.</summary>
    public StorageDamagedException(string path, long offset, string problem)
        : base(
            path,
            $"'{path}' is damaged at offset {offset}: {problem}. This member must not start from it: restore the file from a copy, "
            + "or remove the member from the cluster and add it again with an empty data folder")
    {
        Offset = offset;
        Problem = problem;
    }

    /// <summary>Where in the file, in bytes.</summary>
    public long Offset { get; }

    /// <summary>What is wrong there.</summary>
    public string Problem { get; }
}
