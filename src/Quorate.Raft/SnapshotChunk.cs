namespace Quorate.Raft;

/// <summary>A part of a snapshot that a follower is to put aside (paper figure 13, receiver steps 2 to 4).</summary>
/// <param name="From">The leader that sent it.</param>
/// <param name="Snapshot">The snapshot it belongs to.</param>
/// <param name="Offset">Where the bytes go.</param>
/// <param name="Data">The bytes.</param>
/// <param name="Done">Whether these are the last.</param>
public sealed record SnapshotChunk(MemberId From, SnapshotMetadata Snapshot, long Offset, ReadOnlyMemory<byte> Data, bool Done);
