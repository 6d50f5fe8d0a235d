using Google.Protobuf;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>etcd's ranges: no end means the one key, an end of one zero byte means everything from the key on.</summary>
internal static class KeySpan
{
    public static int Compare(ByteString one, ByteString other) => one.Span.SequenceCompareTo(other.Span);

    public static bool Contains(ByteString key, ByteString rangeEnd, ByteString candidate)
    {
        if (rangeEnd.IsEmpty)
        {
            return candidate.Equals(key);
        }

        return Compare(candidate, key) >= 0 && (HasNoEnd(rangeEnd) || Compare(candidate, rangeEnd) < 0);
    }

    /// <summary>The places in an ordered list of keys that a range covers: from the first, up to but without the second.</summary>
    public static (int From, int To) Places(IReadOnlyList<ByteString> keys, ByteString key, ByteString rangeEnd)
    {
        int from = FirstNotBelow(keys, key);
        if (rangeEnd.IsEmpty)
        {
            return (from, from < keys.Count && keys[from].Equals(key) ? from + 1 : from);
        }

        return (from, HasNoEnd(rangeEnd) ? keys.Count : Math.Max(from, FirstNotBelow(keys, rangeEnd)));
    }

    public static int FirstNotBelow(IReadOnlyList<ByteString> keys, ByteString key)
    {
        int low = 0;
        int high = keys.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Compare(keys[middle], key) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private static bool HasNoEnd(ByteString rangeEnd) => rangeEnd.Length == 1 && rangeEnd[0] == 0;
}
