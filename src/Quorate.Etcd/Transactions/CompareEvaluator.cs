using Quorate.Etcd.Protocol;
using Quorate.KeyValue;

namespace Quorate.Etcd.Transactions;

/// <summary>Decides the compares of a transaction.</summary>
internal static class CompareEvaluator
{
    /// <summary>Whether all hold.</summary>
    public static bool AllHold(IKeyValueReader reader, IReadOnlyList<Compare> compares)
    {
        for (int i = 0; i < compares.Count; i++)
        {
            if (!Holds(reader, compares[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// A compare of a range holds if it holds for every key in it. A range without a key is taken for one key whose
    /// numbers are zero, so that "version = 0" asks for absence; but it has no value, so a compare of values fails,
    /// "not equal" too. The first key that decides ends the walk.
    /// </summary>
    private static bool Holds(IKeyValueReader reader, Compare compare)
    {
        if (compare.RangeEnd.IsEmpty)
        {
            return reader.Get(compare.Key.Memory) is { } only ? Holds(compare, only) : HoldsForNone(compare);
        }

        bool isEmpty = true;
        foreach (KeyValueRecord record in reader.Scan(KeyRange.FromWire(compare.Key.Memory, compare.RangeEnd.Memory), revision: 0))
        {
            isEmpty = false;
            if (!Holds(compare, record))
            {
                return false;
            }
        }

        return !isEmpty || HoldsForNone(compare);
    }

    private static bool HoldsForNone(Compare compare) =>
        compare.Target != Compare.Types.CompareTarget.Value && Holds(compare, default(KeyValueRecord));

    private static bool Holds(Compare compare, in KeyValueRecord record)
    {
        // What the compare does not bring, because it brings something else or nothing, is zero or empty.
        int order = compare.Target switch
        {
            Compare.Types.CompareTarget.Version => record.Version.CompareTo(compare.Version),
            Compare.Types.CompareTarget.Create => record.CreateRevision.CompareTo(compare.CreateRevision),
            Compare.Types.CompareTarget.Mod => record.ModRevision.CompareTo(compare.ModRevision),
            Compare.Types.CompareTarget.Value => record.Value.Span.SequenceCompareTo(compare.Value.Span),
            Compare.Types.CompareTarget.Lease => record.Lease.CompareTo(compare.Lease),
            _ => 0,
        };
        return compare.Result switch
        {
            Compare.Types.CompareResult.Equal => order == 0,
            Compare.Types.CompareResult.Greater => order > 0,
            Compare.Types.CompareResult.Less => order < 0,
            Compare.Types.CompareResult.NotEqual => order != 0,
            _ => true,
        };
    }
}
