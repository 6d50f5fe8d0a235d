namespace Quorate.Bench.Engine;

/// <summary>Counts of latencies to a resolution of about 1.6 %, added to from many threads without a lock or an allocation.</summary>
internal sealed class LatencyCounts
{
    private const int StepsPerOctave = 64;

    private readonly long[] _counts = new long[StepsPerOctave * 40];
    private long _count;

    public long Count => Volatile.Read(ref _count);

    public void Add(TimeSpan latency)
    {
        double microseconds = Math.Max(latency.TotalMicroseconds, 1);
        int step = Math.Min((int)(Math.Log2(microseconds) * StepsPerOctave), _counts.Length - 1);
        Interlocked.Increment(ref _counts[step]);
        Interlocked.Increment(ref _count);
    }

    /// <summary>In microseconds.</summary>
    public double Quantile(double share)
    {
        long wanted = (long)(Count * share);
        long seen = 0;
        for (int step = 0; step < _counts.Length; step++)
        {
            seen += _counts[step];
            if (seen > wanted)
            {
                return Math.Pow(2, (step + 0.5) / StepsPerOctave);
            }
        }

        return 0;
    }
}
