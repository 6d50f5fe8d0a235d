namespace Quorate.Raft;

/// <summary>What a snapshot stands for (paper §7, figure 13).</summary>
/// <param name="LastIncluded">The last entry whose effect it contains; it replaces the log up to there.</param>
/// <param name="Configuration">The latest configuration at or before that entry.</param>
/// <param name="Length">Bytes of the snapshot as it is transferred.</param>
/// <param name="Checksum">CRC-32C over those bytes; with position and length it identifies the file, so that an interrupted transfer resumes only onto its own beginning.</param>
public sealed record SnapshotMetadata(LogPosition LastIncluded, Configuration Configuration, long Length, uint Checksum)
{
    /// <summary>Whether both describe the same bytes.</summary>
    public bool IsSameFileAs(SnapshotMetadata other) =>
        LastIncluded == other.LastIncluded && Length == other.Length && Checksum == other.Checksum;
}
