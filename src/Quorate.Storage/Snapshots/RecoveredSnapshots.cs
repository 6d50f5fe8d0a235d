using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>The snapshots found at the start, each read from its first byte to its last.</summary>
internal sealed record RecoveredSnapshots
{
    /// <summary>Whole ones, the oldest first.</summary>
    public required List<SnapshotMetadata> Good { get; init; }

    /// <summary>The others, the oldest first.</summary>
    public required List<(LogPosition Position, StorageDamagedException Damage)> Damaged { get; init; }

    /// <summary>The last entry in the newest good one; zero without one.</summary>
    public long CoveredIndex => Good.Count > 0 ? Good[^1].LastIncluded.Index : 0;

    public static RecoveredSnapshots Run(IDisk disk, MemberIdentity identity)
    {
        List<LogPosition> positions = [];
        foreach (string name in disk.ListFiles(SnapshotFormat.Folder))
        {
            if (SnapshotFormat.TryParseName(name, out LogPosition position))
            {
                positions.Add(position);
            }
            else if (name.EndsWith(LogFormat.AsideSuffix, StringComparison.Ordinal))
            {
                FileSteps.Delete(disk, SnapshotFormat.Folder + "/" + name);
            }
        }

        RecoveredSnapshots result = new() { Good = [], Damaged = [] };
        foreach (LogPosition position in positions.OrderBy(position => position.Index).ThenBy(position => position.Term))
        {
            string path = SnapshotFormat.PathOf(position);
            try
            {
                SnapshotMetadata snapshot = SnapshotReader.Verify(disk, path, identity);
                if (snapshot.LastIncluded != position)
                {
                    throw new SnapshotDamagedException(path, 0, $"the snapshot is of {snapshot.LastIncluded}");
                }

                result.Good.Add(snapshot);
            }
            catch (SnapshotDamagedException damage)
            {
                result.Damaged.Add((position, damage));
            }
        }

        return result;
    }
}
