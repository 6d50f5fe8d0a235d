using System.Numerics;

namespace Quorate.Server.Benchmark;

/// <summary>
/// Counts durations in buckets that grow with them, so that any number of them takes the same few kilobytes and a
/// quantile is wrong by less than two percent.
/// </summary>
/// <remarks>A bucket is an octave of nanoseconds, cut into 64 equal parts. Not for several threads at once.</remarks>
internal sealed class LatencyHistogram
{
    private const int PartBits = 6;
    private const int Parts = 1 << PartBits;

    private readonly long[] _counts = new long[(64 - PartBits) * Parts];

    /// <summary>How many were counted.</summary>
    public long Count { get; private set; }

    /// <summary>Counts one.</summary>
    public void Add(TimeSpan duration)
    {
        _counts[BucketOf((ulong)Math.Max(0, (long)duration.TotalNanoseconds))]++;
        Count++;
    }

    /// <summary>Counts all of another's.</summary>
    public void Add(LatencyHistogram other)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
    }

    /// <summary>The least duration that this share of all is no longer than; zero where nothing was counted.</summary>
    public TimeSpan Quantile(double share)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        long passed = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            passed += _counts[i];
            if (passed >= rank)
            {
                return TimeSpan.FromMicroseconds(UpperNanoseconds(i) / 1000.0);
            }
        }

        return TimeSpan.Zero;
    }

    private static int BucketOf(ulong nanoseconds)
    {
        if (nanoseconds < Parts)
        {
            return (int)nanoseconds;
        }

        int octave = BitOperations.Log2(nanoseconds) - PartBits;
        return (octave * Parts) + (int)(nanoseconds >> octave);
    }

    private static double UpperNanoseconds(int bucket)
    {
        if (bucket < 2 * Parts)
        {
            return bucket;
        }

        int octave = (bucket / Parts) - 1;
        return Math.ScaleB((bucket % Parts) + Parts + 1, octave) - 1;
    }
}
