namespace Quorate.Storage;

/// <summary>A data folder cannot be used, or not any longer. The message says what, where, and what would help.</summary>
public abstract class StorageException : IOException
{
    private protected StorageException(string path, string message, Exception? inner = null)
        : base(message, inner)
    {
        Path = path;
    }

    /// <summary>The file or folder concerned, relative to the data folder.</summary>
    public string Path { get; }
}
