using Google.Protobuf;
using Google.Protobuf.Collections;
using Quorate.Etcd.Protocol;
using static Quorate.Etcd.Protocol.Compare.Types;

namespace Quorate.Etcd.Tests.Support;

/// <summary>
/// What etcd's requests mean, written as plainly as can be: a whole dictionary for every revision, everything copied.
/// The clever code is held against it.
/// </summary>
internal sealed class NaiveEtcd
{
    private readonly Dictionary<long, SortedDictionary<string, Protocol.KeyValue>> history =
        new() { [1] = new(StringComparer.Ordinal) };

    private long compacted = -1;

    public long Revision { get; private set; } = 1;

    public (object? Response, EtcdError? Error) Do(PutRequest request)
    {
        (TxnResponse? response, EtcdError? error) = Transact(Ask.Then(Ask.Op(request)));
        return (response?.Responses[0].ResponsePut, error);
    }

    public (object? Response, EtcdError? Error) Do(DeleteRangeRequest request)
    {
        (TxnResponse? response, EtcdError? error) = Transact(Ask.Then(Ask.Op(request)));
        return (response?.Responses[0].ResponseDeleteRange, error);
    }

    public (object? Response, EtcdError? Error) Do(RangeRequest request)
    {
        RangeRequest present = request.Clone();
        present.Revision = Math.Max(0, request.Revision);
        (TxnResponse? response, EtcdError? error) = Transact(Ask.Then(Ask.Op(present)));
        return (response?.Responses[0].ResponseRange, error);
    }

    public (object? Response, EtcdError? Error) Do(TxnRequest request) =>
        NaiveOverlap.Clashes(request) ? (null, EtcdError.DuplicateKey) : Transact(request);

    public (object? Response, EtcdError? Error) Do(CompactionRequest request)
    {
        if (request.Revision <= compacted)
        {
            return (null, EtcdError.Compacted);
        }

        if (request.Revision > Revision)
        {
            return (null, EtcdError.FutureRevision);
        }

        compacted = request.Revision;
        return (new CompactionResponse { Header = new ResponseHeader { Revision = Revision } }, null);
    }

    private (TxnResponse? Response, EtcdError? Error) Transact(TxnRequest request)
    {
        SortedDictionary<string, Protocol.KeyValue> before = history[Revision];
        if ((WhatIsWrong(before, request, puts: true) ?? WhatIsWrong(before, request, puts: false)) is { } error)
        {
            return (null, error);
        }

        SortedDictionary<string, Protocol.KeyValue> now = new(before, StringComparer.Ordinal);
        bool changed = false;
        TxnResponse response = Execute(before, now, request, ref changed);
        if (changed)
        {
            Revision++;
            history[Revision] = now;
        }

        response.Header.Revision = Revision;
        return (response, null);
    }

    private EtcdError? WhatIsWrong(SortedDictionary<string, Protocol.KeyValue> before, TxnRequest request, bool puts)
    {
        foreach (RequestOp operation in Branch(before, request))
        {
            EtcdError? error = null;
            if (!puts && operation.RequestRange is { Revision: not 0 } range)
            {
                error = range.Revision > Revision ? EtcdError.FutureRevision
                    : range.Revision < compacted ? EtcdError.Compacted
                    : null;
            }
            else if (puts && operation.RequestPut is { } put)
            {
                error = put.Lease != 0 ? EtcdError.LeaseNotFound
                    : (put.IgnoreLease || put.IgnoreValue) && !before.ContainsKey(put.Key.ToStringUtf8()) ? EtcdError.KeyNotFound
                    : null;
            }
            else if (operation.RequestTxn is { } nested)
            {
                error = WhatIsWrong(before, nested, puts);
            }

            if (error is not null)
            {
                return error;
            }
        }

        return null;
    }

    private TxnResponse Execute(
        SortedDictionary<string, Protocol.KeyValue> before,
        SortedDictionary<string, Protocol.KeyValue> now,
        TxnRequest request,
        ref bool changed)
    {
        TxnResponse response = new() { Header = new ResponseHeader(), Succeeded = Holds(before, request) };
        foreach (RequestOp operation in Branch(before, request))
        {
            switch (operation.RequestCase)
            {
                case RequestOp.RequestOneofCase.RequestRange:
                    response.Responses.Add(new ResponseOp { ResponseRange = Range(now, operation.RequestRange, changed) });
                    break;
                case RequestOp.RequestOneofCase.RequestPut:
                    response.Responses.Add(new ResponseOp { ResponsePut = Put(before, now, operation.RequestPut) });
                    changed = true;
                    break;
                case RequestOp.RequestOneofCase.RequestDeleteRange:
                    response.Responses.Add(new ResponseOp { ResponseDeleteRange = Delete(now, operation.RequestDeleteRange, ref changed) });
                    break;
                default:
                    response.Responses.Add(new ResponseOp { ResponseTxn = Execute(before, now, operation.RequestTxn, ref changed) });
                    break;
            }
        }

        return response;
    }

    private PutResponse Put(
        SortedDictionary<string, Protocol.KeyValue> before, SortedDictionary<string, Protocol.KeyValue> now, PutRequest request)
    {
        string key = request.Key.ToStringUtf8();
        Protocol.KeyValue? previous = now.GetValueOrDefault(key);
        Protocol.KeyValue? kept = previous ?? before.GetValueOrDefault(key);
        now[key] = new Protocol.KeyValue
        {
            Key = request.Key,
            Value = request.IgnoreValue ? kept!.Value : request.Value,
            Lease = request.IgnoreLease ? kept!.Lease : request.Lease,
            CreateRevision = previous?.CreateRevision ?? Revision + 1,
            ModRevision = Revision + 1,
            Version = (previous?.Version ?? 0) + 1,
        };
        PutResponse response = new() { Header = new ResponseHeader { Revision = Revision + 1 } };
        if (request.PrevKv && previous is not null)
        {
            response.PrevKv = previous;
        }

        return response;
    }

    private DeleteRangeResponse Delete(
        SortedDictionary<string, Protocol.KeyValue> now, DeleteRangeRequest request, ref bool changed)
    {
        List<Protocol.KeyValue> deleted = Select(now, request.Key.ToStringUtf8(), request.RangeEnd.ToStringUtf8());
        foreach (Protocol.KeyValue record in deleted)
        {
            now.Remove(record.Key.ToStringUtf8());
            changed = true;
        }

        DeleteRangeResponse response = new()
        {
            Header = new ResponseHeader { Revision = changed ? Revision + 1 : Revision },
            Deleted = deleted.Count,
        };
        response.PrevKvs.Add(request.PrevKv ? deleted : []);
        return response;
    }

    private RangeResponse Range(SortedDictionary<string, Protocol.KeyValue> now, RangeRequest request, bool changed)
    {
        List<Protocol.KeyValue> all = Select(
            request.Revision > 0 ? history[request.Revision] : now, request.Key.ToStringUtf8(), request.RangeEnd.ToStringUtf8());
        RangeResponse response = new()
        {
            Header = new ResponseHeader { Revision = changed ? Revision + 1 : Revision },
            Count = all.Count,
        };
        if (request.CountOnly)
        {
            return response;
        }

        IEnumerable<Protocol.KeyValue> found = all.Where(record =>
            (request.MinModRevision == 0 || record.ModRevision >= request.MinModRevision)
            && (request.MaxModRevision == 0 || record.ModRevision <= request.MaxModRevision)
            && (request.MinCreateRevision == 0 || record.CreateRevision >= request.MinCreateRevision)
            && (request.MaxCreateRevision == 0 || record.CreateRevision <= request.MaxCreateRevision));
        bool descends = request.SortOrder == RangeRequest.Types.SortOrder.Descend;
        found = request.SortTarget switch
        {
            RangeRequest.Types.SortTarget.Version => Sort(found, record => record.Version, descends),
            RangeRequest.Types.SortTarget.Create => Sort(found, record => record.CreateRevision, descends),
            RangeRequest.Types.SortTarget.Mod => Sort(found, record => record.ModRevision, descends),
            RangeRequest.Types.SortTarget.Value => Sort(found, record => record.Value.Length, descends),
            _ => descends ? found.Reverse() : found,
        };
        Protocol.KeyValue[] sorted = [.. found];
        Protocol.KeyValue[] kept = request.Limit > 0 ? [.. sorted.Take((int)request.Limit)] : sorted;
        response.More = kept.Length < sorted.Length;
        foreach (Protocol.KeyValue record in kept)
        {
            Protocol.KeyValue copy = record.Clone();
            if (request.KeysOnly)
            {
                copy.Value = ByteString.Empty;
            }

            response.Kvs.Add(copy);
        }

        return response;
    }

    private static IEnumerable<Protocol.KeyValue> Sort(
        IEnumerable<Protocol.KeyValue> records, Func<Protocol.KeyValue, long> by, bool descends) =>
        descends ? records.OrderByDescending(by) : records.OrderBy(by);

    private static RepeatedField<RequestOp> Branch(SortedDictionary<string, Protocol.KeyValue> before, TxnRequest request) =>
        Holds(before, request) ? request.Success : request.Failure;

    private static bool Holds(SortedDictionary<string, Protocol.KeyValue> before, TxnRequest request) =>
        request.Compare.All(compare => Holds(before, compare));

    private static bool Holds(SortedDictionary<string, Protocol.KeyValue> before, Compare compare)
    {
        List<Protocol.KeyValue> records = Select(before, compare.Key.ToStringUtf8(), compare.RangeEnd.ToStringUtf8());
        if (records.Count == 0)
        {
            if (compare.Target == CompareTarget.Value)
            {
                return false;
            }

            records.Add(new Protocol.KeyValue());
        }

        return records.All(record =>
        {
            int order = compare.Target switch
            {
                CompareTarget.Version => record.Version.CompareTo(compare.Version),
                CompareTarget.Create => record.CreateRevision.CompareTo(compare.CreateRevision),
                CompareTarget.Mod => record.ModRevision.CompareTo(compare.ModRevision),
                CompareTarget.Lease => record.Lease.CompareTo(compare.Lease),
                _ => string.CompareOrdinal(record.Value.ToStringUtf8(), compare.Value.ToStringUtf8()),
            };
            return compare.Result switch
            {
                CompareResult.Equal => order == 0,
                CompareResult.NotEqual => order != 0,
                CompareResult.Greater => order > 0,
                _ => order < 0,
            };
        });
    }

    private static List<Protocol.KeyValue> Select(SortedDictionary<string, Protocol.KeyValue> records, string key, string end) =>
        [.. records.Values.Where(record => Contains(record.Key.ToStringUtf8(), key, end))];

    private static bool Contains(string candidate, string key, string end) => end switch
    {
        "" => candidate == key,
        "\0" => string.CompareOrdinal(candidate, key) >= 0,
        _ => string.CompareOrdinal(candidate, key) >= 0 && string.CompareOrdinal(candidate, end) < 0,
    };
}
