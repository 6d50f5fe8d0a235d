namespace Quorate.KeyValue;

/// <summary>A read or compaction named a revision that has not been reached.</summary>
public sealed class FutureRevisionException(long revision, long currentRevision)
    : Exception($"revision {revision} is in the future; the present is {currentRevision}")
{
    /// <summary>What was asked for.</summary>
    public long Revision { get; } = revision;

    /// <summary>The present revision.</summary>
    public long CurrentRevision { get; } = currentRevision;
}
