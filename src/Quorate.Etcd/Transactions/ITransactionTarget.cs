using Quorate.Etcd.Protocol;
using Quorate.KeyValue;

namespace Quorate.Etcd.Transactions;

/// <summary>What the operations of a transaction act on.</summary>
internal interface ITransactionTarget
{
    /// <summary>The revision that an operation reflects now.</summary>
    long Revision { get; }

    /// <summary>Reads one key at a revision, zero for the present.</summary>
    KeyValueRecord? Get(ReadOnlyMemory<byte> key, long revision);

    /// <summary>Reads.</summary>
    RangeResult Range(RangeQuery query);

    /// <summary>Puts; null unless the answer is wanted.</summary>
    PutResponse? Put(PutRequest request, bool wanted);

    /// <summary>Deletes; null unless the answer is wanted.</summary>
    DeleteRangeResponse? Delete(DeleteRangeRequest request, bool wanted);
}
