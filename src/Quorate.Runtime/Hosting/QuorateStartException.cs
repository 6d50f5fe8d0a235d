namespace Quorate.Runtime;

/// <summary>
/// A member that was added to a host by <c>AddQuorate</c> cannot start, and so the host does not. The message says which member,
/// on which data folder, why, and what would work; the inner exception has the kind of failure for a program to tell apart
/// (<see cref="Io.DiskLockedException"/>, <see cref="Storage.StorageException"/>, <see cref="InvalidDataException"/>, or another
/// <see cref="IOException"/>).
/// </summary>
public sealed class QuorateStartException : IOException
{
    /// <summary>Names the member and its data folder, and says the rest in the words of what has failed.</summary>
    public QuorateStartException(string member, string dataFolder, Exception cause)
        : base($"member '{member}' cannot start on data folder '{Path.GetFullPath(dataFolder)}': {cause?.Message}", cause)
    {
        Member = member;
    }

    /// <summary>The member's name.</summary>
    public string Member { get; }
}
