using Quorate.KeyValue.Watches;

namespace Quorate.Etcd.Watches;

/// <summary>Bounds of a member's watches. etcd has none of those on numbers; these are far above what clients need.</summary>
public sealed record MemberWatchOptions
{
    /// <summary>Backlogs and steps.</summary>
    public WatchHubOptions Hub { get; init; } = new();

    /// <summary>Most watches of one stream.</summary>
    public int StreamWatchesMax { get; init; } = 100_000;

    /// <summary>Most watches of the member, of all streams together.</summary>
    public int WatchesMax { get; init; } = 500_000;

    /// <summary>Most bytes of the keys and range ends of all watches of the member.</summary>
    public long WatchKeyBytesMax { get; init; } = 256L << 20;

    /// <summary>
    /// Answers to creations, cancellations and questions for progress that may wait in one stream until its client
    /// reads; beyond it the stream's requests are not read.
    /// </summary>
    public int StreamAnswersMax { get; init; } = 1000;

    /// <summary>A response with more bytes is sent in fragments to a watch that asked for that: as etcd, 1.5 MiB and 512 KiB for what surrounds it.</summary>
    public int FragmentBytesMax { get; init; } = (1536 + 512) << 10;

    /// <summary>How often a watch that asked for it, and has heard nothing, is told how far it is.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMinutes(10);
}
