using Google.Protobuf;
using Google.Protobuf.Collections;
using Quorate.Etcd.Protocol;

namespace Quorate.Etcd.Transactions;

/// <summary>
/// Finds the transactions that would write a key twice, which one revision cannot hold, as etcd finds them:
/// <list type="bullet">
/// <item>Two puts of one key clash, and so do a put and a deletion, in one branch or in one nested below it.</item>
/// <item>The two branches of one transaction never clash with each other: only one of them runs.</item>
/// <item>A put nested in an earlier operation does not clash with a deletion nested in a later one.</item>
/// <item>A deletion "of everything from a key on" clashes with nothing: its end, a zero byte, is taken as it stands,
/// and no key lies before that.</item>
/// </list>
/// The last two are gaps of etcd's that its clients may lean on. What they let pass is carried out in order.
/// </summary>
/// <remarks>
/// Sorted lists instead of hash tables: clients choose the keys, and could choose them to collide. The cost grows with
/// n·log n in the number of operations, times the depth of nesting.
/// </remarks>
internal static class DuplicateKeyCheck
{
    private static readonly Footprint s_nothing = new([], KeySpans.Empty);

    public static EtcdError? Check(TxnRequest request) =>
        TryMeasure(request.Success) is null || TryMeasure(request.Failure) is null ? EtcdError.DuplicateKey : null;

    /// <summary>What a branch may write; null where it clashes with itself.</summary>
    private static Footprint? TryMeasure(RepeatedField<RequestOp> branch)
    {
        if (branch.Count == 0)
        {
            return s_nothing;
        }

        KeySpans deletes = OwnDeletes(branch);
        List<ByteString> puts = [];
        for (int i = 0; i < branch.Count; i++)
        {
            if (branch[i].RequestCase != RequestOp.RequestOneofCase.RequestTxn)
            {
                continue;
            }

            if (TryMeasure(branch[i].RequestTxn.Success) is not { } then
                || TryMeasure(branch[i].RequestTxn.Failure) is not { } otherwise)
            {
                return null;
            }

            List<ByteString> either = MergeAlternatives(then.Puts, otherwise.Puts);
            if (AnyIn(deletes, either) || !TryMerge(puts, either, out puts))
            {
                return null;
            }

            deletes = deletes.Union(then.Deletes).Union(otherwise.Deletes);
        }

        List<ByteString> own = OwnPuts(branch);
        return !AnyIn(deletes, own) && TryMerge([], own, out own) && TryMerge(puts, own, out puts)
            ? new Footprint(puts, deletes)
            : null;
    }

    private static KeySpans OwnDeletes(RepeatedField<RequestOp> branch)
    {
        List<(ByteString Start, ByteString End)>? spans = null;
        for (int i = 0; i < branch.Count; i++)
        {
            if (branch[i].RequestCase == RequestOp.RequestOneofCase.RequestDeleteRange)
            {
                DeleteRangeRequest delete = branch[i].RequestDeleteRange;
                (spans ??= []).Add((delete.Key, delete.RangeEnd.IsEmpty ? Successor(delete.Key) : delete.RangeEnd));
            }
        }

        return spans is null ? KeySpans.Empty : KeySpans.Of(spans);
    }

    /// <summary>The keys put by the branch itself, in order, with repetitions.</summary>
    private static List<ByteString> OwnPuts(RepeatedField<RequestOp> branch)
    {
        List<ByteString> puts = [];
        for (int i = 0; i < branch.Count; i++)
        {
            if (branch[i].RequestCase == RequestOp.RequestOneofCase.RequestPut)
            {
                puts.Add(branch[i].RequestPut.Key);
            }
        }

        puts.Sort(ByteOrder.Compare);
        return puts;
    }

    /// <summary>The smallest key after this one.</summary>
    private static ByteString Successor(ByteString key)
    {
        byte[] next = new byte[key.Length + 1];
        key.Span.CopyTo(next);
        return UnsafeByteOperations.UnsafeWrap(next);
    }

    private static bool AnyIn(KeySpans spans, List<ByteString> keys)
    {
        foreach (ByteString key in keys)
        {
            if (spans.Contains(key))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The keys of both in order; false where one comes twice.</summary>
    private static bool TryMerge(List<ByteString> one, List<ByteString> other, out List<ByteString> merged)
    {
        merged = Merge(one, other);
        for (int i = 1; i < merged.Count; i++)
        {
            if (merged[i].Span.SequenceEqual(merged[i - 1].Span))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The keys of two branches of which one runs: a key of both is one key.</summary>
    private static List<ByteString> MergeAlternatives(List<ByteString> then, List<ByteString> otherwise)
    {
        List<ByteString> merged = Merge(then, otherwise);
        int kept = 0;
        for (int i = 0; i < merged.Count; i++)
        {
            if (kept == 0 || !merged[i].Span.SequenceEqual(merged[kept - 1].Span))
            {
                merged[kept++] = merged[i];
            }
        }

        merged.RemoveRange(kept, merged.Count - kept);
        return merged;
    }

    private static List<ByteString> Merge(List<ByteString> one, List<ByteString> other)
    {
        List<ByteString> merged = new(one.Count + other.Count);
        int left = 0;
        int right = 0;
        while (left < one.Count || right < other.Count)
        {
            bool takeLeft = right == other.Count || (left < one.Count && ByteOrder.Compare(one[left], other[right]) <= 0);
            merged.Add(takeLeft ? one[left++] : other[right++]);
        }

        return merged;
    }

    /// <summary>What a branch may write.</summary>
    /// <param name="Puts">Keys put, in order, each once.</param>
    /// <param name="Deletes">Keys deleted.</param>
    private sealed record Footprint(List<ByteString> Puts, KeySpans Deletes);
}
