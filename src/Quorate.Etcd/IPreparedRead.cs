namespace Quorate.Etcd;

/// <summary>A read that has only to be carried out; any thread may.</summary>
public interface IPreparedRead
{
    /// <summary>Whether it takes no longer than to make an answer does: a read of one key.</summary>
    bool IsShort { get; }

    /// <summary>
    /// Whether it needs nothing of the replica, and so is never handed over by whoever is within it, whom a long read would
    /// keep from everything else.
    /// </summary>
    bool IsLocal { get; }

    /// <summary>Reads, and ends the call that asked for it.</summary>
    void Run();
}
