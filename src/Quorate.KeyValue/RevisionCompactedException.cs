namespace Quorate.KeyValue;

/// <summary>A read or compaction named a revision that has been compacted away.</summary>
public sealed class RevisionCompactedException(long revision, long compactRevision)
    : Exception($"revision {revision} has been compacted; the oldest that is kept is {compactRevision}")
{
    /// <summary>What was asked for.</summary>
    public long Revision { get; } = revision;

    /// <summary>The oldest revision that can be read.</summary>
    public long CompactRevision { get; } = compactRevision;
}
