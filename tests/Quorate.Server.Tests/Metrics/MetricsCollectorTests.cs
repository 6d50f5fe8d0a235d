using System.Diagnostics.Metrics;
using Quorate.Server.Metrics;

namespace Quorate.Server.Tests.Metrics;

public sealed class MetricsCollectorTests : IDisposable
{
    private readonly Meter _meter = new("Quorate.Tests." + nameof(MetricsCollectorTests));
    private readonly MetricsCollector _collector = new(meter => meter.Name == "Quorate.Tests." + nameof(MetricsCollectorTests));

    public void Dispose()
    {
        _collector.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void A_counter_is_summed_by_its_labels()
    {
        Counter<long> counter = _meter.CreateCounter<long>("calls_total", description: "Calls.");

        counter.Add(1, new KeyValuePair<string, object?>("code", "OK"));
        counter.Add(2, new KeyValuePair<string, object?>("code", "OK"));
        counter.Add(1, new KeyValuePair<string, object?>("code", "say \"no\""));

        _collector.Write().ShouldBe(
            """
            # HELP calls_total Calls.
            # TYPE calls_total counter
            calls_total{code="OK"} 3
            calls_total{code="say \"no\""} 1

            """);
    }

    [Fact]
    public void A_counter_that_never_counted_is_zero()
    {
        _meter.CreateCounter<long>("silent_total");

        _collector.Write().ShouldBe("# TYPE silent_total counter\nsilent_total 0\n");
    }

    [Fact]
    public void A_gauge_is_what_it_is_when_asked()
    {
        long value = 1;
        _meter.CreateObservableGauge("has_leader", () => value);
        _collector.Write().ShouldContain("has_leader 1\n");

        value = 0;

        _collector.Write().ShouldContain("has_leader 0\n");
    }

    [Fact]
    public void What_a_gauge_no_longer_tells_is_gone()
    {
        string[] followers = ["b", "c"];
        _meter.CreateObservableGauge(
            "match_index", () => followers.Select(follower => new Measurement<long>(7, new KeyValuePair<string, object?>("To", follower))));
        _collector.Write().ShouldBe("# TYPE match_index gauge\nmatch_index{To=\"b\"} 7\nmatch_index{To=\"c\"} 7\n");

        followers = ["c"];
        _collector.Write().ShouldBe("# TYPE match_index gauge\nmatch_index{To=\"c\"} 7\n");

        followers = [];
        _collector.Write().ShouldBe("# TYPE match_index gauge\n");
    }

    [Fact]
    public void A_histogram_has_cumulative_buckets_a_sum_and_a_count()
    {
        Histogram<double> histogram = _meter.CreateHistogram<double>("fsync_seconds");

        histogram.Record(0.0001);
        histogram.Record(0.003);
        histogram.Record(60);

        string text = _collector.Write();
        text.ShouldContain("# TYPE fsync_seconds histogram\n");
        text.ShouldContain("fsync_seconds_bucket{le=\"0.0001\"} 1\n");
        text.ShouldContain("fsync_seconds_bucket{le=\"0.0032\"} 2\n");
        text.ShouldContain("fsync_seconds_bucket{le=\"6.5536\"} 2\n");
        text.ShouldContain("fsync_seconds_bucket{le=\"+Inf\"} 3\n");
        text.ShouldContain("fsync_seconds_count 3\n");
    }
}
