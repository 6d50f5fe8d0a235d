using Google.Protobuf;
using Google.Protobuf.Collections;
using Quorate.Etcd.Protocol;
using CompareResult = Quorate.Etcd.Protocol.Compare.Types.CompareResult;
using CompareTarget = Quorate.Etcd.Protocol.Compare.Types.CompareTarget;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>Decides compares on the state before a transaction, as far as it is known.</summary>
internal sealed class CompareReplay(ReplayDraft draft)
{
    private static readonly KeyRecord Absent = new(ByteString.Empty, ByteString.Empty, 0, 0, 0, 0, 0);

    private readonly List<KeyRecord> _selected = [];

    /// <summary>Whether all hold; null where that hangs on a revision that is not known.</summary>
    public bool? AllHold(RepeatedField<Compare> compares)
    {
        bool? all = true;
        foreach (Compare compare in compares)
        {
            bool? holds = Holds(compare);
            if (holds == false)
            {
                return false;
            }

            all = holds is null ? null : all;
        }

        return all;
    }

    /// <summary>All compares held: what they say of revisions that are not known. False where that cannot be.</summary>
    public bool Tell(RepeatedField<Compare> compares)
    {
        foreach (Compare compare in compares)
        {
            if (compare.Result != CompareResult.Equal || compare.Target is not (CompareTarget.Mod or CompareTarget.Create))
            {
                continue;
            }

            draft.SelectBefore(compare.Key, compare.RangeEnd, _selected);
            foreach (KeyRecord record in _selected)
            {
                if (compare.Target == CompareTarget.Mod && record.ModRevision == 0)
                {
                    if (compare.ModRevision <= record.RevisionAbove)
                    {
                        return false;
                    }

                    draft.Tell(record.WithRevisions(record.Version == 1 ? compare.ModRevision : record.CreateRevision, compare.ModRevision));
                }
                else if (compare.Target == CompareTarget.Create && record.CreateRevision == 0)
                {
                    draft.Tell(record.WithRevisions(compare.CreateRevision, record.Version == 1 ? compare.CreateRevision : record.ModRevision));
                }
            }
        }

        return true;
    }

    /// <summary>
    /// A compare of a range holds if it holds for every key in it; a range without a key is taken for one key whose
    /// numbers are zero and which has no value, so that no compare of values holds for it.
    /// </summary>
    private bool? Holds(Compare compare)
    {
        draft.SelectBefore(compare.Key, compare.RangeEnd, _selected);
        if (_selected.Count == 0)
        {
            return compare.Target != CompareTarget.Value && Holds(compare, Absent)!.Value;
        }

        bool? all = true;
        foreach (KeyRecord record in _selected)
        {
            bool? holds = Holds(compare, record);
            if (holds == false)
            {
                return false;
            }

            all = holds is null ? null : all;
        }

        return all;
    }

    private static bool? Holds(Compare compare, KeyRecord record)
    {
        bool isUnknown = record.IsPresent
            && ((compare.Target == CompareTarget.Mod && record.ModRevision == 0)
                || (compare.Target == CompareTarget.Create && record.CreateRevision == 0));
        if (isUnknown)
        {
            return null;
        }

        int order = compare.Target switch
        {
            CompareTarget.Version => record.Version.CompareTo(compare.Version),
            CompareTarget.Create => record.CreateRevision.CompareTo(compare.CreateRevision),
            CompareTarget.Mod => record.ModRevision.CompareTo(compare.ModRevision),
            CompareTarget.Lease => record.Lease.CompareTo(compare.Lease),
            _ => KeySpan.Compare(record.Value, compare.Value),
        };
        return compare.Result switch
        {
            CompareResult.Equal => order == 0,
            CompareResult.NotEqual => order != 0,
            CompareResult.Greater => order > 0,
            _ => order < 0,
        };
    }
}
