using Quorate.Etcd.Protocol;

namespace Quorate.Simulation.Tests.Support;

/// <summary>Answers in few words; the revision is that of the header.</summary>
internal static class Reply
{
    public static Etcd.Protocol.KeyValue Record(string key, string value, long created, long changed, long version) => new()
    {
        Key = Ask.Bytes(key),
        Value = Ask.Bytes(value),
        CreateRevision = created,
        ModRevision = changed,
        Version = version,
    };

    public static PutResponse Put(long revision, Etcd.Protocol.KeyValue? previous = null) =>
        new() { Header = Header(revision), PrevKv = previous };

    public static DeleteRangeResponse Delete(long revision, long deleted, params Etcd.Protocol.KeyValue[] previous) =>
        new() { Header = Header(revision), Deleted = deleted, PrevKvs = { previous } };

    public static RangeResponse Range(long revision, params Etcd.Protocol.KeyValue[] records) =>
        new() { Header = Header(revision), Count = records.Length, Kvs = { records } };

    public static CompactionResponse Compact(long revision) => new() { Header = Header(revision) };

    public static TxnResponse Transaction(long revision, bool succeeded, params IEtcdResponse[] responses)
    {
        TxnResponse answer = new() { Header = Header(revision), Succeeded = succeeded };
        foreach (IEtcdResponse response in responses)
        {
            answer.Responses.Add(response switch
            {
                PutResponse put => new ResponseOp { ResponsePut = put },
                RangeResponse range => new ResponseOp { ResponseRange = range },
                DeleteRangeResponse delete => new ResponseOp { ResponseDeleteRange = delete },
                _ => new ResponseOp { ResponseTxn = (TxnResponse)response },
            });
        }

        return answer;
    }

    private static ResponseHeader Header(long revision) => new() { Revision = revision };
}
