namespace Quorate.Etcd;

/// <summary>When the leader compacts by itself: by age or by number of revisions, as etcd does.</summary>
public sealed record AutoCompaction
{
    /// <summary>The shortest period; below it every change would soon be gone.</summary>
    public static readonly TimeSpan PeriodMin = TimeSpan.FromSeconds(1);

    private AutoCompaction(TimeSpan? period, long revisions)
    {
        Period = period;
        Revisions = revisions;
    }

    /// <summary>How long what was overwritten stays readable; null where revisions are counted.</summary>
    public TimeSpan? Period { get; }

    /// <summary>How many revisions stay readable, where they are counted.</summary>
    public long Revisions { get; }

    /// <summary>Keeps what was overwritten for a period.</summary>
    public static AutoCompaction ByPeriod(TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(period, PeriodMin);
        return new AutoCompaction(period, 0);
    }

    /// <summary>Keeps a number of revisions.</summary>
    public static AutoCompaction ByRevisions(long revisions)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(revisions);
        return new AutoCompaction(null, revisions);
    }
}
