namespace Quorate.Replica;

/// <summary>A captured state, to be written out piece by piece beside the replica's loop.</summary>
public interface IStateMachineSnapshot : IDisposable
{
    /// <summary>
    /// The bytes of the snapshot in pieces of some tens of kilobytes, made as they are asked for.
    /// A piece is used before the next is asked for, so its buffer may be used again. Equal states give equal bytes.
    /// </summary>
    IEnumerable<ReadOnlyMemory<byte>> Write();
}
