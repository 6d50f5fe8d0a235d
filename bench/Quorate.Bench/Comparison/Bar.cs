namespace Quorate.Bench.Comparison;

/// <summary>What is asked of the ratio of a figure, ours to etcd's.</summary>
/// <param name="Figure">Which.</param>
/// <param name="Limit">The ratio that is just good enough.</param>
/// <param name="IsFloor">Whether the ratio must reach the limit; if not, it must not exceed it.</param>
internal sealed record Bar(Figure Figure, double Limit, bool IsFloor)
{
    public static Bar AtLeast(Figure figure, double limit) => new(figure, limit, IsFloor: true);

    public static Bar AtMost(Figure figure, double limit) => new(figure, limit, IsFloor: false);

    public bool IsMet(double ratio) => IsFloor ? ratio >= Limit : ratio <= Limit;

    public override string ToString() => FormattableString.Invariant($"{(IsFloor ? '≥' : '≤')} {Limit:0.##}");
}
