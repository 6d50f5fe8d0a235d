using System.Globalization;

namespace Quorate.Bench.Comparison;

/// <summary>One figure of both systems: every value that was measured, and what is asked of the ratio of their medians.</summary>
internal sealed record Score(Figure Figure, IReadOnlyList<double> Etcd, IReadOnlyList<double> Ours, Bar? Bar)
{
    public double EtcdMedian => Median(Etcd);

    public double OursMedian => Median(Ours);

    /// <summary>Ours to etcd's; not a number where one of them is missing.</summary>
    public double Ratio => OursMedian / EtcdMedian;

    public bool IsMet => Bar?.IsMet(Ratio) ?? true;

    public string EtcdText => Text(EtcdMedian, Figure.Format);

    public string OursText => Text(OursMedian, Figure.Format);

    /// <summary>The ratio, and what is asked of it where something is.</summary>
    public string RatioText => Bar is null ? RatioAlone : $"{RatioAlone} ({Bar}: {(IsMet ? "met" : "**missed**")})";

    /// <summary>To three digits.</summary>
    private string RatioAlone => Text(Ratio, Ratio switch { >= 100 => "N0", >= 10 => "0.0", >= 1 => "0.00", _ => "0.000" });

    public static double Median(IReadOnlyList<double> values)
    {
        double[] ascending = [.. values.Order()];
        int middle = ascending.Length / 2;
        return ascending.Length switch
        {
            0 => double.NaN,
            _ when ascending.Length % 2 == 0 => (ascending[middle - 1] + ascending[middle]) / 2,
            _ => ascending[middle],
        };
    }

    public static string Text(double value, string format) => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "–";
}
