using System.Diagnostics;
using Quorate.Etcd.Protocol;
using Quorate.KeyValue;

namespace Quorate.Etcd.Transactions;

/// <summary>A version that a transaction without writes reads, on any thread.</summary>
internal readonly struct ReadTarget(StoreVersion version) : ITransactionTarget
{
    public long Revision => version.Revision;

    public KeyValueRecord? Get(ReadOnlyMemory<byte> key, long revision) => version.Get(key, revision);

    public RangeResult Range(RangeQuery query) => version.Range(query);

    public PutResponse? Put(PutRequest request, bool wanted) => throw new UnreachableException();

    public DeleteRangeResponse? Delete(DeleteRangeRequest request, bool wanted) => throw new UnreachableException();
}
