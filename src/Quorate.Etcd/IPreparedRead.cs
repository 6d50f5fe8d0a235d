namespace Quorate.Etcd;

/// <summary>A read that has only to be carried out; any thread may.</summary>
public interface IPreparedRead
{
    /// <summary>Reads, and ends the call that asked for it.</summary>
    void Run();
}
