using Quorate.Raft.Messages;

namespace Quorate.Raft;

/// <summary>
/// Everything the algorithm asks of its host after an event or a batch of events: the whole vocabulary of effects.
/// The host carries them out in this order:
/// <list type="number">
/// <item>send <see cref="Messages"/>, at once;</item>
/// <item>where <see cref="MustWrite"/>, hand hard state, truncation and entries to the log as <b>one</b> batch; after its
/// flush send <see cref="MessagesOnceDurable"/> and call <see cref="RaftNode.Written"/> with <see cref="Mark"/>. Batches are
/// flushed in the order they were taken, and without <see cref="MustWrite"/> the messages still wait for all earlier batches;</item>
/// <item>apply <see cref="Committed"/> in order;</item>
/// <item>answer <see cref="Reads"/>, put <see cref="SnapshotChunks"/> aside, tell of <see cref="FollowerLosses"/>.</item>
/// </list>
/// </summary>
public sealed class RaftOutput
{
    /// <summary>Messages that promise nothing that is not yet durable.</summary>
    public List<Message> Messages { get; } = [];

    /// <summary>Messages that promise what this batch, or an earlier one, writes (spec E2, L4, R3).</summary>
    public List<Message> MessagesOnceDurable { get; } = [];

    /// <summary>Term and vote, where they changed.</summary>
    public HardState? HardState { get; internal set; }

    /// <summary>Entries to append, each part in order; a part is a stable view into the log in memory.</summary>
    /// <remarks>An entry at or below the last index on disk means: everything from that index on is replaced.</remarks>
    public List<ReadOnlyMemory<Entry>> Entries { get; } = [];

    /// <summary>A snapshot has replaced the whole log (it was installed): the log on disk begins anew after it. Comes before <see cref="Entries"/>.</summary>
    public SnapshotMetadata? ReplacedBySnapshot { get; internal set; }

    /// <summary>Whether there is anything to put on disk.</summary>
    public bool MustWrite => HardState is not null || Entries.Count > 0 || ReplacedBySnapshot is not null;

    /// <summary>What is durable once this batch is; to be handed to <see cref="RaftNode.Written"/>.</summary>
    public WriteMark Mark { get; internal set; }

    /// <summary>Newly committed entries, each part in order and without a gap to what was committed before (spec C3).</summary>
    public List<ReadOnlyMemory<Entry>> Committed { get; } = [];

    /// <summary>Reads that were confirmed or refused.</summary>
    public List<ReadResult> Reads { get; } = [];

    /// <summary>
    /// Parts of a snapshot to put aside. For each <see cref="RaftNode.SnapshotChunkStored"/> is called, or
    /// <see cref="RaftNode.SnapshotChunkPassedOver"/>; after the last of a whole one <see cref="RaftNode.SnapshotInstalled"/>
    /// as well, once it is loaded.
    /// </summary>
    public List<SnapshotChunk> SnapshotChunks { get; } = [];

    /// <summary>Followers that were found to have lost what they acknowledged, for somebody to be told; the algorithm sends it to them again.</summary>
    public List<FollowerLoss> FollowerLosses { get; } = [];

    /// <summary>Whether there is nothing to do at all.</summary>
    public bool IsEmpty =>
        !MustWrite && Messages.Count == 0 && MessagesOnceDurable.Count == 0 && Committed.Count == 0
        && Reads.Count == 0 && SnapshotChunks.Count == 0 && FollowerLosses.Count == 0;

    internal void Clear()
    {
        Messages.Clear();
        MessagesOnceDurable.Clear();
        HardState = null;
        Entries.Clear();
        ReplacedBySnapshot = null;
        Mark = default;
        Committed.Clear();
        Reads.Clear();
        SnapshotChunks.Clear();
        FollowerLosses.Clear();
    }
}
