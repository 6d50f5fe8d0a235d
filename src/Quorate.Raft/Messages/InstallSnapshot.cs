namespace Quorate.Raft.Messages;

/// <summary>InstallSnapshot RPC, arguments (paper figure 13): one chunk.</summary>
/// <remarks>
/// The algorithm leaves <see cref="Data"/> empty and says in <see cref="ChunkLength"/> how much belongs there;
/// the host reads it from the snapshot's file when it encodes the message.
/// </remarks>
public sealed record InstallSnapshot : Message
{
    /// <summary>The snapshot being sent.</summary>
    public required SnapshotMetadata Snapshot { get; init; }

    /// <summary>Byte offset of the chunk.</summary>
    public required long Offset { get; init; }

    /// <summary>Bytes of the chunk.</summary>
    public required int ChunkLength { get; init; }

    /// <summary>The bytes, once the host has filled them in.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Whether this is the last chunk.</summary>
    public bool Done => Offset + ChunkLength == Snapshot.Length;
}
