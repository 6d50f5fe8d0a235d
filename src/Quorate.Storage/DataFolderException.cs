namespace Quorate.Storage;

/// <summary>The data folder is whole but not the one, or not of the kind, that this member can use.</summary>
public sealed class DataFolderException : StorageException
{
    /// <summary>Says what does not fit and what would.</summary>
    public DataFolderException(DataFolderProblem problem, string path, string message)
        : base(path, message)
    {
        Problem = problem;
    }

    /// <summary>What does not fit.</summary>
    public DataFolderProblem Problem { get; }
}
