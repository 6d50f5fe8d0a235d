using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>
/// The log on disk: what is staged becomes durable in batches, one write and one flush each, all or nothing.
/// While a batch is being flushed the next one gathers. Lives on the replica's loop.
/// </summary>
public sealed class WriteAheadLog
{
    /// <summary>Why it has failed for good; null while it works.</summary>
    public StorageException? Failure => throw new NotImplementedException();

    /// <summary>The last entry staged, or where the log begins.</summary>
    public LogPosition Last => throw new NotImplementedException();

    /// <summary>Whether a batch is on its way to the disk.</summary>
    public bool IsWriting => throw new NotImplementedException();

    /// <summary>Bytes gathered for the next batch.</summary>
    public int StagedBytes => throw new NotImplementedException();

    /// <summary>Whether <see cref="StorageOptions.StagedBytesMax"/> is reached: time to refuse new commands.</summary>
    public bool IsCongested => throw new NotImplementedException();

    /// <summary>Bytes of log files on disk, spare segments included.</summary>
    public long LogBytes => throw new NotImplementedException();

    /// <summary>A snapshot has replaced the whole log: it begins anew after it. To be staged before the entries that follow it.</summary>
    public void StageReset(SnapshotMetadata snapshot) => throw new NotImplementedException();

    /// <summary>Stages term and vote.</summary>
    public void StageHardState(HardState state) => throw new NotImplementedException();

    /// <summary>
    /// Stages entries, consecutive and at most one after <see cref="Last"/>. Where the first is at or below
    /// <see cref="Last"/>, everything from there on is replaced. The commands' bytes are copied before it returns.
    /// </summary>
    public void StageEntries(ReadOnlyMemory<Entry> entries) => throw new NotImplementedException();

    /// <summary>
    /// Asks to be told when everything staged so far is durable. Returns false, and never calls back, when it is
    /// already. Otherwise <paramref name="completion"/> is called later, in the order of the calls of this method.
    /// The write starts now, or as soon as the batch in flight is flushed.
    /// </summary>
    public bool Submit(ILogCompletion? completion) => throw new NotImplementedException();
}
