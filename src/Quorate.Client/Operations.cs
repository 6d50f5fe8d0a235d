using Google.Protobuf;
using Quorate.Etcd.Protocol;

namespace Quorate.Client;

/// <summary>The operations of a transaction.</summary>
public static class Operations
{
    /// <summary>Writes a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="leaseId">The lease with which the key goes; 0: none.</param>
    /// <param name="previous">Whether the response has what the key was before.</param>
    public static RequestOp Put(string key, string value, long leaseId = 0, bool previous = false) =>
        Put(ByteString.CopyFromUtf8(key), ByteString.CopyFromUtf8(value), leaseId, previous);

    /// <summary>Writes a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="leaseId">The lease with which the key goes; 0: none.</param>
    /// <param name="previous">Whether the response has what the key was before.</param>
    public static RequestOp Put(ByteString key, ByteString value, long leaseId = 0, bool previous = false) => new()
    {
        RequestPut = new PutRequest { Key = key, Value = value, Lease = leaseId, PrevKv = previous },
    };

    /// <summary>Reads a key or a range of keys.</summary>
    /// <param name="range">The key or keys.</param>
    /// <param name="limit">Most keys; 0 for all.</param>
    public static RequestOp Get(KeyRange range, long limit = 0)
    {
        ArgumentNullException.ThrowIfNull(range);
        return new RequestOp { RequestRange = new RangeRequest { Key = range.Key, RangeEnd = range.RangeEnd, Limit = limit } };
    }

    /// <summary>Deletes a key or a range of keys.</summary>
    /// <param name="range">The key or keys.</param>
    /// <param name="previous">Whether the response has what was deleted.</param>
    public static RequestOp Delete(KeyRange range, bool previous = false)
    {
        ArgumentNullException.ThrowIfNull(range);
        return new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = range.Key, RangeEnd = range.RangeEnd, PrevKv = previous } };
    }

    /// <summary>Carries out a transaction inside the transaction. Its compares see the state before the outer one.</summary>
    public static RequestOp Transaction(TransactionBuilder nested)
    {
        ArgumentNullException.ThrowIfNull(nested);
        return new RequestOp { RequestTxn = nested.Build() };
    }
}
