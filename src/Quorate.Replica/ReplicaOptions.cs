using Quorate.Raft;
using Quorate.Replica.Wire;
using Quorate.Storage;

namespace Quorate.Replica;

/// <summary>The settings of one replica. A setting that cannot work is refused by <see cref="Validate"/>.</summary>
public sealed record ReplicaOptions
{
    /// <summary>Room in a frame for headers and a configuration.</summary>
    private const int FrameOverheadBytes = 64 << 10;

    /// <summary>This member.</summary>
    public required MemberId Id { get; init; }

    /// <summary>
    /// Names the cluster: on disk, and on every frame, so that the members of two clusters never take each other's word.
    /// </summary>
    public required ulong ClusterId { get; init; }

    /// <summary>Who is in the cluster when it is first started; the log knows better later.</summary>
    public required Configuration InitialConfiguration { get; init; }

    /// <summary>
    /// How often the host calls <see cref="ReplicaNode.Tick"/>; the two intervals below are multiples of it.
    /// </summary>
    public TimeSpan TickInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>T of the paper in ticks: each election timeout is drawn anew from [T, 2T) (spec R6).</summary>
    public int ElectionTimeoutTicks { get; init; } = 10;

    /// <summary>Ticks from one heartbeat to the next; less than <see cref="ElectionTimeoutTicks"/>.</summary>
    public int HeartbeatTicks { get; init; } = 1;

    /// <summary>
    /// A snapshot is taken once so many entries were applied since the last one, and these hold as many bytes as that
    /// one has: taking them then costs no more than the log does. (One of less than a mebibyte does not wait.)
    /// </summary>
    public long SnapshotEveryEntries { get; init; } = 10_000;

    /// <summary>
    /// A snapshot is also taken once so many bytes of commands were applied since the last one, or half as many as that
    /// one has, if these are more: so the log on disk, and the time that a start takes, stay bounded, and each byte of
    /// command costs at most two of snapshots, however large the state.
    /// </summary>
    public long SnapshotEveryLogBytes { get; init; } = 64 << 20;

    /// <summary>
    /// Applied entries that stay in memory, so that whoever comes to lead can send them to followers that lag a little and
    /// would otherwise need a whole snapshot. So many stay on disk before a snapshot as well.
    /// </summary>
    public long TrailingEntriesKept { get; init; } = 65_536;

    /// <summary>Bytes of commands that those entries may hold at most.</summary>
    public long TrailingBytesKept { get; init; } = 16 << 20;

    /// <summary>
    /// Bytes of commands that a leader keeps in memory at most for followers that lag, or that are being sent a snapshot,
    /// for as long as they do; an entry counts as 128 at least. One that lags further gets a snapshot.
    /// </summary>
    public long LaggingBytesKept { get; init; } = 64 << 20;

    /// <summary>Most bytes of one command.</summary>
    public int CommandBytesMax { get; init; } = 2 << 20;

    /// <summary>Most bytes of one frame. Larger ones are neither sent nor taken in.</summary>
    public int FrameBytesMax { get; init; } = 8 << 20;

    /// <summary>Most proposals of this member that wait for their outcome.</summary>
    public int PendingProposalsMax { get; init; } = 16_384;

    /// <summary>Most bytes of commands of this member that wait for their outcome.</summary>
    public long PendingProposalBytesMax { get; init; } = 64 << 20;

    /// <summary>Most reads that wait.</summary>
    public int PendingReadsMax { get; init; } = 65_536;

    /// <summary>Most entries applied in one <see cref="ReplicaNode.Pump"/>, so that ticks and heartbeats get their turn.</summary>
    public int ApplyEntriesMax { get; init; } = 1_024;

    /// <summary>Bytes of commands after which one <see cref="ReplicaNode.Pump"/> applies no further entry.</summary>
    public int ApplyBytesMax { get; init; } = 4 << 20;

    /// <summary>
    /// Entries committed but not yet applied beyond which a leader takes no more commands, and a follower acknowledges no more: a
    /// state machine that is too slow for its clients must not pile up work.
    /// </summary>
    public long ApplyBacklogEntriesMax { get; init; } = 65_536;

    /// <summary>As <see cref="ApplyBacklogEntriesMax"/>, in bytes of commands.</summary>
    public long ApplyBacklogBytesMax { get; init; } = 64 << 20;

    /// <summary>Limits of the algorithm that have their defaults there; identity, seed and times come from here.</summary>
    public Func<RaftOptions, RaftOptions>? ConfigureRaft { get; init; }

    /// <summary>Sizes and limits of log and snapshots on disk.</summary>
    public StorageOptions Storage { get; init; } = new();

    /// <summary>T of the paper as a time.</summary>
    public TimeSpan ElectionTimeout => TickInterval * ElectionTimeoutTicks;

    /// <summary>
    /// How long a request waits for a leader to be known before it is refused: an election begins at most two election
    /// timeouts after the leader was last heard, and has a third to come to its end.
    /// </summary>
    public TimeSpan LeaderWait => ElectionTimeout * 3;

    /// <summary>Refuses settings that cannot work.</summary>
    /// <exception cref="ArgumentException">Says which setting, why, and what would work.</exception>
    public void Validate()
    {
        RaftOptions raft = ToRaftOptions(seed: 0);
        raft.Validate();
        if (ClusterId == 0)
        {
            throw new ArgumentException("the cluster id must not be zero");
        }

        if (InitialConfiguration.Voters.IsEmpty)
        {
            throw new ArgumentException("the initial configuration has no voter, so no leader could ever be elected");
        }

        if (InitialConfiguration.Members.Contains(MemberId.None))
        {
            throw new ArgumentException("the initial configuration names member 0, which is no member");
        }

        if (TickInterval <= TimeSpan.Zero)
        {
            throw new ArgumentException($"{nameof(TickInterval)} must be longer than zero, but is {TickInterval}");
        }

        RequireAtLeast(1, SnapshotEveryEntries, nameof(SnapshotEveryEntries));
        RequireAtLeast(1, SnapshotEveryLogBytes, nameof(SnapshotEveryLogBytes));
        RequireAtLeast(0, TrailingEntriesKept, nameof(TrailingEntriesKept));
        RequireAtLeast(0, TrailingBytesKept, nameof(TrailingBytesKept));
        RequireAtLeast(0, LaggingBytesKept, nameof(LaggingBytesKept));
        RequireAtLeast(Proposal.HeaderLength, CommandBytesMax, nameof(CommandBytesMax));
        RequireAtLeast(1, PendingProposalsMax, nameof(PendingProposalsMax));
        RequireAtLeast(1, PendingProposalBytesMax, nameof(PendingProposalBytesMax));
        RequireAtLeast(1, PendingReadsMax, nameof(PendingReadsMax));
        RequireAtLeast(1, ApplyEntriesMax, nameof(ApplyEntriesMax));
        RequireAtLeast(1, ApplyBytesMax, nameof(ApplyBytesMax));
        RequireAtLeast(1, ApplyBacklogEntriesMax, nameof(ApplyBacklogEntriesMax));
        RequireAtLeast(1, ApplyBacklogBytesMax, nameof(ApplyBacklogBytesMax));
        RequireFrame(raft);
    }

    internal RaftOptions ToRaftOptions(ulong seed)
    {
        RaftOptions raft = new()
        {
            Id = Id,
            Seed = seed,
            ElectionTimeoutTicks = ElectionTimeoutTicks,
            HeartbeatTicks = HeartbeatTicks,

            // Messages are encoded, and batches staged, as soon as they are handed out; only what is applied is compacted.
            ReusesCompactedChunks = true,
        };
        return ConfigureRaft is null ? raft : ConfigureRaft(raft);
    }

    /// <summary>What the algorithm may put into one message, with all that stands around it, must fit a frame.</summary>
    private void RequireFrame(RaftOptions raft)
    {
        long largest = FrameOverheadBytes + Math.Max(
            Math.Max(raft.MessageBytesMax, CommandBytesMax) + ((long)raft.MessageEntriesMax * AppendEntriesBody.EntryHeaderBytes),
            raft.SnapshotChunkBytesMax);
        RequireAtLeast(largest, FrameBytesMax, nameof(FrameBytesMax));
        if (Storage.CommandBytesMax < FrameBytesMax)
        {
            throw new ArgumentException(
                $"the storage takes commands of up to {Storage.CommandBytesMax} bytes, but a frame of up to {FrameBytesMax} may bring a longer one; "
                + $"{nameof(Storage)}.{nameof(StorageOptions.CommandBytesMax)} must be at least {nameof(FrameBytesMax)}");
        }
    }

    private static void RequireAtLeast(long least, long value, string name)
    {
        if (value < least)
        {
            throw new ArgumentException($"{name} must be at least {least}, but is {value}");
        }
    }
}
