using Quorate.Raft;
using Quorate.Replica.Parts;

namespace Quorate.Replica.Tests.Parts;

/// <summary>When a snapshot is due (spec S1, thesis §5.1.3).</summary>
public sealed class SnapshotRuleTests
{
    private const long Mebibyte = 1 << 20;

    private static readonly ReplicaOptions s_options = new()
    {
        Id = new MemberId(1),
        ClusterId = 1,
        InitialConfiguration = new Configuration([new MemberId(1)]),
        SnapshotEveryEntries = 1_000,
        SnapshotEveryLogBytes = 64 * Mebibyte,
    };

    [Theory]
    [InlineData(999, 0, false)]
    [InlineData(1_000, 0, true)]
    [InlineData(1_000, Mebibyte, true)]
    public void A_small_state_is_written_every_so_many_entries(long entries, long lastLength, bool isDue)
    {
        SnapshotTaker.IsDue(s_options, entries, logBytes: 10_000, lastLength).ShouldBe(isDue);
    }

    [Theory]
    [InlineData(1_000, 1, false)]
    [InlineData(30_000, 8, false)]
    [InlineData(30_000, 9, true)]
    [InlineData(999, 9, false)]
    public void A_larger_one_waits_until_the_log_has_grown_by_as_much(long entries, long logMebibytes, bool isDue)
    {
        SnapshotTaker.IsDue(s_options, entries, logMebibytes * Mebibyte, lastLength: 10 * Mebibyte).ShouldBe(isDue);
    }

    [Theory]
    [InlineData(100, 63, false)]
    [InlineData(100, 64, true)]
    [InlineData(1_000, 499, false)]
    [InlineData(1_000, 500, true)]
    public void A_large_one_waits_until_the_log_has_grown_by_half_as_much(long lastMebibytes, long logMebibytes, bool isDue)
    {
        SnapshotTaker.IsDue(s_options, entries: 1, logMebibytes * Mebibyte, lastMebibytes * Mebibyte).ShouldBe(isDue);
    }
}
