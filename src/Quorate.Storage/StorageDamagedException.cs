namespace Quorate.Storage;

/// <summary>Stored bytes are not what was written (spec S3). They are never skipped silently.</summary>
public class StorageDamagedException : StorageException
{
    /// <summary>Names the file and the place in it.</summary>
    public StorageDamagedException(string path, long offset, string problem)
        : base(
            path,
            $"{Describe(path, offset, problem)}. This member must not start from it. Put the file back exactly as it was when the member last "
            + "stopped, never an older copy, which has forgotten what the member promised since. Without such a file leave this member down: the others "
            + "go on, and in the end a backup of theirs makes a new cluster ('quorate snapshot save', then 'quorate snapshot restore' for each member)")
    {
        Offset = offset;
        Problem = problem;
    }

    /// <summary>Where in the file, in bytes.</summary>
    public long Offset { get; }

    /// <summary>What is wrong there.</summary>
    public string Problem { get; }

    /// <summary>Path, offset and what is wrong, without advice: for damage that stops nothing.</summary>
    internal string Finding => Describe(Path, Offset, Problem);

    private static string Describe(string path, long offset, string problem) => $"'{path}' is damaged at offset {offset}: {problem}";
}
