namespace Quorate.Etcd.Backups;

/// <summary>What a backup says about itself, in front of its content.</summary>
/// <param name="ClusterId">The cluster that it is of.</param>
/// <param name="MemberId">The member that made it.</param>
/// <param name="Revision">The revision of its state.</param>
/// <param name="CompactRevision">Revisions below this are not in it.</param>
/// <param name="KeyCount">Keys present at that revision.</param>
/// <param name="ContentBytes">Length of the content.</param>
public sealed record BackupDescription(
    ulong ClusterId, ulong MemberId, long Revision, long CompactRevision, long KeyCount, long ContentBytes);
