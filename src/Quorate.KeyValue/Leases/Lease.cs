using System.Collections.Immutable;

namespace Quorate.KeyValue.Leases;

/// <summary>
/// A lease as all members hold it alike. Immutable: every change makes a new one. Only <see cref="Countdown"/>, which is
/// no part of the replicated state, goes on by itself.
/// </summary>
public sealed record Lease
{
    internal Lease(long id, long ttlSeconds, long remainingMilliseconds, long renewedAt)
    {
        Id = id;
        TtlSeconds = ttlSeconds;
        RemainingMilliseconds = remainingMilliseconds;
        RenewedAt = renewedAt;
        Countdown = new LeaseCountdown(this);
    }

    /// <summary>Its id; never zero.</summary>
    public long Id { get; }

    /// <summary>The time to live that was granted, and that each renewal gives anew.</summary>
    public long TtlSeconds { get; }

    /// <summary>
    /// The time it had left when it was last granted, renewed or checkpointed: what a member that has seen nothing of
    /// it goes by, after a restart.
    /// </summary>
    public long RemainingMilliseconds { get; internal init; }

    /// <summary>
    /// Its renewal number: index in the log of its grant or last renewal. An expiry names it, so that one which was
    /// decided before a renewal does nothing after it.
    /// </summary>
    public long RenewedAt { get; internal init; }

    /// <summary>The keys attached to it, in order of their bytes.</summary>
    public ImmutableSortedSet<ReadOnlyMemory<byte>> Keys { get; internal init; } = NoKeys;

    internal static ImmutableSortedSet<ReadOnlyMemory<byte>> NoKeys { get; } =
        ImmutableSortedSet.Create<ReadOnlyMemory<byte>>(KeyOrder.Instance);

    /// <summary>What this member has seen pass of its time; shared by all states of one lease.</summary>
    internal LeaseCountdown Countdown { get; }

    private sealed class KeyOrder : IComparer<ReadOnlyMemory<byte>>
    {
        public static readonly KeyOrder Instance = new();

        public int Compare(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceCompareTo(y.Span);
    }
}
