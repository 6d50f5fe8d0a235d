using Quorate.Raft;

namespace Quorate.Runtime;

/// <summary>The settings of a <see cref="TcpPeerNetwork"/>.</summary>
public sealed record PeerNetworkOptions
{
    /// <summary>This member.</summary>
    public required MemberId Id { get; init; }

    /// <summary>The cluster; a peer of another one is refused.</summary>
    public required ulong ClusterId { get; init; }

    /// <summary>Most bytes of one frame, either way.</summary>
    public int FrameBytesMax { get; init; } = 8 << 20;

    /// <summary>Most frames that wait for one peer.</summary>
    public int SendQueueFramesMax { get; init; } = 4_096;

    /// <summary>Most bytes that wait for one peer.</summary>
    public long SendQueueBytesMax { get; init; } = 64 << 20;

    /// <summary>Most connections from peers at one time, those included that have not said who they are.</summary>
    public int ConnectionsMax { get; init; } = 256;

    /// <summary>How long either side waits for the other's greeting.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long resolving a peer's name and connecting to it may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Pause after the first failed connection; it doubles with each further one.</summary>
    public TimeSpan BackoffMin { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest pause between two attempts to connect.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often each connection is asked for a sign of life, which also measures its round trip.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A connection that gave no sign of life for so long is dropped and dialled anew. TCP by itself would wait for
    /// minutes when a machine vanishes, and be slow to notice that it is back.
    /// </summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A message about the same mishap with the same peer is logged at most once in this time.</summary>
    public TimeSpan RepeatedLogInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What the setting of the members and their addresses is called where it is made, for messages.</summary>
    public string MembersSetting { get; init; } = nameof(QuorateOptions.Members);

    /// <summary>What the setting of the cluster's token is called where it is made, for messages.</summary>
    public string TokenSetting { get; init; } = nameof(QuorateOptions.ClusterToken);

    /// <summary>Hears of every measured round trip, on any thread.</summary>
    public Action<MemberId, TimeSpan>? RoundTripMeasured { get; init; }

    /// <summary>Refuses settings that cannot work.</summary>
    /// <exception cref="ArgumentException">Says which setting, why, and what would work.</exception>
    public void Validate()
    {
        if (Id.IsNone)
        {
            throw new ArgumentException("the member id must not be zero");
        }

        if (ClusterId == 0)
        {
            throw new ArgumentException("the cluster id must not be zero");
        }

        RequirePositive(FrameBytesMax, nameof(FrameBytesMax));
        RequirePositive(SendQueueFramesMax, nameof(SendQueueFramesMax));
        RequirePositive(ConnectionsMax, nameof(ConnectionsMax));
        if (SendQueueBytesMax < FrameBytesMax)
        {
            throw new ArgumentException(
                $"{nameof(SendQueueBytesMax)} ({SendQueueBytesMax}) must hold at least one frame of {nameof(FrameBytesMax)} ({FrameBytesMax}) bytes");
        }

        RequirePositive(HelloTimeout.Ticks, nameof(HelloTimeout));
        RequirePositive(ConnectTimeout.Ticks, nameof(ConnectTimeout));
        RequirePositive(BackoffMin.Ticks, nameof(BackoffMin));
        RequirePositive(PingInterval.Ticks, nameof(PingInterval));
        if (BackoffMax < BackoffMin)
        {
            throw new ArgumentException($"{nameof(BackoffMax)} ({BackoffMax}) must not be shorter than {nameof(BackoffMin)} ({BackoffMin})");
        }

        if (SilenceTimeout <= PingInterval)
        {
            throw new ArgumentException(
                $"{nameof(SilenceTimeout)} ({SilenceTimeout}) must be longer than {nameof(PingInterval)} ({PingInterval}), " +
                "or healthy connections would be dropped; five times as long works well");
        }
    }

    private static void RequirePositive(long value, string name)
    {
        if (value < 1)
        {
            throw new ArgumentException($"{name} must be more than zero");
        }
    }
}
