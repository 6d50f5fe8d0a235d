using Google.Protobuf;

namespace Quorate.Etcd.Transactions;

/// <summary>
/// A set of keys as spans from a first key to one beyond the last: in order, and apart from each other.
/// </summary>
internal sealed class KeySpans
{
    public static readonly KeySpans Empty = new([]);

    private readonly List<Span> _spans;

    private KeySpans(List<Span> spans)
    {
        _spans = spans;
    }

    /// <summary>Makes a set of spans in any order; those that hold no key are left out.</summary>
    public static KeySpans Of(List<(ByteString Start, ByteString End)> spans)
    {
        List<Span> kept = [];
        foreach ((ByteString start, ByteString end) in spans)
        {
            if (ByteOrder.Compare(start, end) < 0)
            {
                kept.Add(new Span(start, end));
            }
        }

        kept.Sort(static (one, other) => ByteOrder.Compare(one.Start, other.Start));
        return new KeySpans(Join(kept));
    }

    /// <summary>The keys of both.</summary>
    public KeySpans Union(KeySpans other)
    {
        if (other._spans.Count == 0)
        {
            return this;
        }

        if (_spans.Count == 0)
        {
            return other;
        }

        List<Span> merged = new(_spans.Count + other._spans.Count);
        int left = 0;
        int right = 0;
        while (left < _spans.Count || right < other._spans.Count)
        {
            bool takeLeft = right == other._spans.Count
                || (left < _spans.Count && ByteOrder.Compare(_spans[left].Start, other._spans[right].Start) <= 0);
            merged.Add(takeLeft ? _spans[left++] : other._spans[right++]);
        }

        return new KeySpans(Join(merged));
    }

    /// <summary>Whether a key is in the set.</summary>
    public bool Contains(ByteString key)
    {
        int low = 0;
        int high = _spans.Count;
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            if (ByteOrder.Compare(_spans[middle].End, key) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < _spans.Count && ByteOrder.Compare(_spans[low].Start, key) <= 0;
    }

    /// <summary>Makes one span of those that overlap; they are in order of their starts.</summary>
    private static List<Span> Join(List<Span> ordered)
    {
        List<Span> joined = new(ordered.Count);
        foreach (Span span in ordered)
        {
            if (joined.Count > 0 && ByteOrder.Compare(span.Start, joined[^1].End) <= 0)
            {
                Span last = joined[^1];
                joined[^1] = last with { End = ByteOrder.Compare(last.End, span.End) >= 0 ? last.End : span.End };
            }
            else
            {
                joined.Add(span);
            }
        }

        return joined;
    }

    private readonly record struct Span(ByteString Start, ByteString End);
}
