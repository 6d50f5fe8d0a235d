using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;
using Quorate.KeyValue;

namespace Quorate.Etcd.Transactions;

/// <summary>A range: request to query, result to answer.</summary>
internal static class RangeOperation
{
    /// <summary>Whether the revision asked for can be read; zero or less asks for the present.</summary>
    public static EtcdError? CheckRevision(IKeyValueReader reader, long revision)
    {
        if (revision > reader.Revision)
        {
            return EtcdError.FutureRevision;
        }

        return revision > 0 && revision < reader.CompactRevision ? EtcdError.Compacted : null;
    }

    /// <summary>
    /// Whether a range of a transaction can be read. As in etcd only zero asks for the present there: a negative revision
    /// is measured against the compact revision, which is -1 as long as nothing was compacted.
    /// </summary>
    public static EtcdError? CheckInTransaction(IKeyValueReader before, RangeRequest request)
    {
        bool isGone = request.Revision < 0 && request.Revision < before.CompactRevision;
        return RequestChecks.Check(request) ?? (isGone ? EtcdError.Compacted : CheckRevision(before, request.Revision));
    }

    /// <summary>
    /// Reads; the revision has been checked. A limit takes the first of the order asked for. There etcd differs where
    /// a target but no direction is given: it sorts the first keys only.
    /// </summary>
    public static RangeResponse Execute<TTarget>(TTarget target, RangeRequest request)
        where TTarget : struct, ITransactionTarget
    {
        if (request.RangeEnd.IsEmpty && !Filters(request))
        {
            return ReadKey(target, request);
        }

        RangeResult result = target.Range(new RangeQuery
        {
            Keys = KeyRange.FromWire(request.Key.Memory, request.RangeEnd.Memory),
            Revision = Math.Max(0, request.Revision),
            Limit = Math.Max(0, request.Limit),
            SortTarget = (SortTarget)request.SortTarget,
            SortOrder = (SortOrder)request.SortOrder,
            KeysOnly = request.KeysOnly,
            CountOnly = request.CountOnly,
            MinModRevision = request.MinModRevision,
            MaxModRevision = request.MaxModRevision,
            MinCreateRevision = request.MinCreateRevision,
            MaxCreateRevision = request.MaxCreateRevision,
        });
        RangeResponse response = new()
        {
            Header = new ResponseHeader { Revision = target.Revision },
            Count = result.Count,
            More = result.More,
        };
        response.Kvs.Capacity = result.Records.Count;
        for (int i = 0; i < result.Records.Count; i++)
        {
            response.Kvs.Add(RecordConversion.ToMessage(result.Records[i]));
        }

        return response;
    }

    /// <summary>The common request, for one key: nothing is made but the answer.</summary>
    private static RangeResponse ReadKey<TTarget>(TTarget target, RangeRequest request)
        where TTarget : struct, ITransactionTarget
    {
        RangeResponse response = new() { Header = new ResponseHeader { Revision = target.Revision } };
        if (target.Get(request.Key.Memory, Math.Max(0, request.Revision)) is { } record)
        {
            response.Count = 1;
            if (!request.CountOnly)
            {
                response.Kvs.Add(RecordConversion.ToMessage(request.KeysOnly ? record with { Value = default } : record));
            }
        }

        return response;
    }

    public static bool Filters(RangeRequest request) =>
        request.MinModRevision != 0 || request.MaxModRevision != 0 || request.MinCreateRevision != 0 || request.MaxCreateRevision != 0;
}
