namespace Quorate.Raft.Tests.Walks;

/// <summary>What happened in walks, to see that they went somewhere.</summary>
public readonly record struct WalkTotals(long Committed, long Acknowledged, long ReadsConfirmed, long Leaders, long SnapshotsLoaded)
{
    public static WalkTotals operator +(WalkTotals left, WalkTotals right) => new(
        left.Committed + right.Committed,
        left.Acknowledged + right.Acknowledged,
        left.ReadsConfirmed + right.ReadsConfirmed,
        left.Leaders + right.Leaders,
        left.SnapshotsLoaded + right.SnapshotsLoaded);

    public static WalkTotals Add(WalkTotals left, WalkTotals right) => left + right;
}
