using Quorate.Server.Benchmark;

namespace Quorate.Server.Tests.Benchmark;

/// <summary>Quantiles from buckets, beside those of a sorted list.</summary>
public class LatencyHistogramTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    [InlineData(20_000)]
    public void A_quantile_is_that_of_the_sorted_durations_within_two_percent(int count)
    {
        var random = new Random(count);
        var histogram = new LatencyHistogram();
        var sorted = new List<double>();
        for (int i = 0; i < count; i++)
        {
            double nanoseconds = Math.Pow(10, random.NextDouble() * 10);
            TimeSpan duration = TimeSpan.FromTicks((long)nanoseconds / 100);
            sorted.Add(duration.TotalNanoseconds);
            histogram.Add(duration);
        }

        sorted.Sort();
        foreach (double share in new[] { 0.01, 0.5, 0.9, 0.99, 0.999, 1 })
        {
            double exact = sorted[(int)Math.Ceiling(share * count) - 1];
            histogram.Quantile(share).TotalNanoseconds.ShouldBeInRange(exact - 100, (exact * 1.02) + 100);
        }
    }

    [Fact]
    public void Two_histograms_add_up()
    {
        var one = new LatencyHistogram();
        var other = new LatencyHistogram();
        one.Add(TimeSpan.FromMilliseconds(1));
        other.Add(TimeSpan.FromMilliseconds(9));

        one.Add(other);

        one.Count.ShouldBe(2);
        one.Quantile(0.5).TotalMilliseconds.ShouldBeInRange(0.98, 1.02);
        one.Quantile(1).TotalMilliseconds.ShouldBeInRange(8.8, 9.2);
    }

    [Fact]
    public void Nothing_counted_has_no_latency() => new LatencyHistogram().Quantile(0.5).ShouldBe(TimeSpan.Zero);
}
