namespace Quorate.Raft;

/// <summary>The settings of one server. Times are in ticks, whose length the host decides.</summary>
public sealed record RaftOptions
{
    /// <summary>This server.</summary>
    public required MemberId Id { get; init; }

    /// <summary>Seed for the election timeouts and request numbers. Another one at every start of the server, or answers to its earlier life may pass for new ones.</summary>
    public required ulong Seed { get; init; }

    /// <summary>T of the paper: each election timeout is drawn anew from [T, 2T) (spec R6).</summary>
    public int ElectionTimeoutTicks { get; init; } = 10;

    /// <summary>Each election timeout is drawn from so many ticks, T being the shortest; null for T of them. The fewer, the more votes are split.</summary>
    public int? ElectionTimeoutSpreadTicks { get; init; }

    /// <summary>
    /// Whether a follower that loses the connection of its leader asks for pre-votes in its turn instead of waiting for the
    /// election timeout (docs/decisions/0013-a-broken-connection-is-evidence.md).
    /// </summary>
    public bool SuspectsLeaderOnLostConnection { get; init; } = true;

    /// <summary>Ticks from one heartbeat to the next; less than <see cref="ElectionTimeoutTicks"/>.</summary>
    public int HeartbeatTicks { get; init; } = 1;

    /// <summary>Most entries in one AppendEntries.</summary>
    public int MessageEntriesMax { get; init; } = 1024;

    /// <summary>Most command bytes in one AppendEntries; a single larger entry still travels, alone.</summary>
    public int MessageBytesMax { get; init; } = 1 << 20;

    /// <summary>Most unanswered AppendEntries with entries to one follower.</summary>
    public int InflightMessagesMax { get; init; } = 256;

    /// <summary>Most unanswered command bytes to one follower.</summary>
    public long InflightBytesMax { get; init; } = 16 << 20;

    /// <summary>Most command bytes a leader holds that are not committed; beyond it proposals are refused.</summary>
    public long UncommittedBytesMax { get; init; } = 64 << 20;

    /// <summary>Most bytes of a snapshot in one InstallSnapshot.</summary>
    public int SnapshotChunkBytesMax { get; init; } = 1 << 20;

    /// <summary>
    /// Whether the memory of entries that <see cref="RaftNode.ForgetBefore"/> lets go of serves for later ones, so that a busy
    /// log allocates nothing. The host then holds no view (of a message, or of an output) into what it compacts.
    /// </summary>
    public bool ReusesCompactedChunks { get; init; }

    /// <summary>Most reads that wait for a confirmation of leadership; one may stand for many of the host's.</summary>
    public int WaitingReadsMax { get; init; } = 4096;

    /// <summary>Refuses settings that cannot work.</summary>
    /// <exception cref="ArgumentException">Says which setting, why, and what would work.</exception>
    public void Validate()
    {
        if (Id.IsNone)
        {
            throw new ArgumentException("the member id must not be zero");
        }

        if (HeartbeatTicks < 1)
        {
            throw new ArgumentException($"the heartbeat interval must be at least one tick, but is {HeartbeatTicks}");
        }

        if (HeartbeatTicks >= ElectionTimeoutTicks)
        {
            throw new ArgumentException(
                $"the heartbeat interval ({HeartbeatTicks} ticks) must be shorter than the election timeout ({ElectionTimeoutTicks} ticks), " +
                "or followers would depose a healthy leader; a tenth of it works well");
        }

        if (ElectionTimeoutSpreadTicks is { } spread)
        {
            RequirePositive(spread, nameof(ElectionTimeoutSpreadTicks));
        }

        RequirePositive(MessageEntriesMax, nameof(MessageEntriesMax));
        RequirePositive(MessageBytesMax, nameof(MessageBytesMax));
        RequirePositive(InflightMessagesMax, nameof(InflightMessagesMax));
        RequirePositive(InflightBytesMax, nameof(InflightBytesMax));
        RequirePositive(UncommittedBytesMax, nameof(UncommittedBytesMax));
        RequirePositive(SnapshotChunkBytesMax, nameof(SnapshotChunkBytesMax));
        RequirePositive(WaitingReadsMax, nameof(WaitingReadsMax));
    }

    private static void RequirePositive(long value, string name)
    {
        if (value < 1)
        {
            throw new ArgumentException($"{name} must be at least 1, but is {value}");
        }
    }
}
