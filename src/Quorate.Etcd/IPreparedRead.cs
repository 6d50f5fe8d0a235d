namespace Quorate.Etcd;

/// <summary>A read that has only to be carried out; any thread may.</summary>
public interface IPreparedRead
{
    /// <summary>Whether it takes no longer than to make an answer does: a read of one key.</summary>
    bool IsShort { get; }

    /// <summary>Reads, and ends the call that asked for it.</summary>
    void Run();
}
