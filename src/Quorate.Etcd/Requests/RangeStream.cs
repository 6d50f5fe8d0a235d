using Quorate.Etcd.Protocol;
using Quorate.Etcd.Transactions;
using Quorate.KeyValue;

namespace Quorate.Etcd.Requests;

/// <summary>
/// A range in parts, for answers that are too large for one message. All parts are of one version of the store, whatever
/// is written or compacted meanwhile, so nothing can go wrong once the first part is sent. Merged they are what
/// <c>Range</c> answers: the last part has the header, the number of keys, and whether the limit cut some off.
/// </summary>
internal static class RangeStream
{
    /// <summary>A part ends with the record that brings it to this; records are at most a request large.</summary>
    public const int PartBytes = 512 * 1024;

    /// <summary>What a record costs in a message beside its key and value, about.</summary>
    private const int RecordOverheadBytes = 32;

    /// <summary>What etcd's stream does not do is refused here too: every part is in order of key, and of all keys.</summary>
    public static EtcdError? Check(RangeRequest request)
    {
        if (RequestChecks.Check(request) is { } error)
        {
            return error;
        }

        bool isInOrderOfKey = request.SortOrder == RangeRequest.Types.SortOrder.None
            || (request.SortOrder == RangeRequest.Types.SortOrder.Ascend && request.SortTarget == RangeRequest.Types.SortTarget.Key);
        if (!isInOrderOfKey)
        {
            return EtcdError.StreamOfOtherOrder;
        }

        return RangeOperation.Filters(request) ? EtcdError.StreamOfFilteredRange : null;
    }

    /// <summary>The parts of a range of the state now.</summary>
    public static (IEnumerable<RangeStreamResponse>? Parts, EtcdError? Error) Begin(RequestPath path, RangeRequest request)
    {
        StoreVersion version = path.State.Current;
        return RangeOperation.CheckRevision(version, request.Revision) is { } error
            ? (null, error)
            : (request.CountOnly ? Count(path, request, version) : Parts(path, request, version), null);
    }

    private static IEnumerable<RangeStreamResponse> Count(RequestPath path, RangeRequest request, StoreVersion version)
    {
        RangeResponse last = RangeOperation.Execute(new ReadTarget(version), request);
        last.Header = HeaderOf(path, version);
        yield return new RangeStreamResponse { RangeResponse = last };
    }

    private static IEnumerable<RangeStreamResponse> Parts(RequestPath path, RangeRequest request, StoreVersion version)
    {
        KeyRange keys = KeyRange.FromWire(request.Key.Memory, request.RangeEnd.Memory);
        long limit = request.Limit > 0 ? request.Limit : long.MaxValue;
        RangeResponse part = new();
        long count = 0;
        int bytes = 0;
        bool more = false;
        foreach (KeyValueRecord record in version.Scan(keys, Math.Max(0, request.Revision)))
        {
            if (count == limit)
            {
                more = true;
                break;
            }

            // A full part waits for the record after it: without one it would have been the last.
            if (bytes >= PartBytes)
            {
                yield return new RangeStreamResponse { RangeResponse = part };
                part = new RangeResponse();
                bytes = 0;
            }

            part.Kvs.Add(RecordConversion.ToMessage(request.KeysOnly ? record with { Value = default } : record));
            bytes += record.Key.Length + (request.KeysOnly ? 0 : record.Value.Length) + RecordOverheadBytes;
            count++;
        }

        part.Header = HeaderOf(path, version);
        part.More = more;
        part.Count = more ? version.Range(new RangeQuery { Keys = keys, Revision = Math.Max(0, request.Revision), CountOnly = true }).Count : count;
        yield return new RangeStreamResponse { RangeResponse = part };
    }

    private static ResponseHeader HeaderOf(RequestPath path, StoreVersion version) =>
        path.Complete(new ResponseHeader { Revision = version.Revision });
}
