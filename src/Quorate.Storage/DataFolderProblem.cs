namespace Quorate.Storage;

/// <summary>Why a data folder is refused.</summary>
public enum DataFolderProblem
{
    /// <summary>It belongs to another cluster.</summary>
    OtherCluster,

    /// <summary>It belongs to another member.</summary>
    OtherMember,

    /// <summary>It belongs to another Raft group.</summary>
    OtherGroup,

    /// <summary>It was written by a version with a newer format.</summary>
    NewerFormat,

    /// <summary>It holds a log or snapshots, but not the file that says whose.</summary>
    IdentityMissing,
}
