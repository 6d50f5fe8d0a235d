using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;
using Quorate.KeyValue;

namespace Quorate.Etcd.Transactions;

/// <summary>A write under way.</summary>
internal readonly struct WriteTarget(WriteTransaction write) : ITransactionTarget
{
    public long Revision => write.Revision;

    public KeyValueRecord? Get(ReadOnlyMemory<byte> key, long revision) => write.Get(key, revision);

    public RangeResult Range(RangeQuery query) => write.Range(query);

    public PutResponse? Put(PutRequest request, bool wanted) => PutOperation.Execute(write, PutFields.Of(request), wanted);

    public DeleteRangeResponse? Delete(DeleteRangeRequest request, bool wanted) =>
        DeleteOperation.Execute(write, request, wanted);
}
