using Google.Protobuf;
using Quorate.Etcd.Protocol;

namespace Quorate.Server.Coordination;

/// <summary>Parts of the transactions by which lines are kept.</summary>
internal static class LineRequests
{
    /// <summary>The key of a prefix that was created first: who holds the lock, or leads.</summary>
    public static RangeRequest Oldest(ByteString prefix) => new()
    {
        Key = prefix,
        RangeEnd = EndOf(prefix),
        SortTarget = RangeRequest.Types.SortTarget.Create,
        SortOrder = RangeRequest.Types.SortOrder.Ascend,
        Limit = 1,
    };

    /// <summary>The key of a prefix that was created last before a revision: whoever is next in line before it.</summary>
    public static RangeRequest NewestBefore(ByteString prefix, long revision) => new()
    {
        Key = prefix,
        RangeEnd = EndOf(prefix),
        SortTarget = RangeRequest.Types.SortTarget.Create,
        SortOrder = RangeRequest.Types.SortOrder.Descend,
        Limit = 1,
        MaxCreateRevision = revision - 1,
    };

    /// <summary>That a key is the one that was created at a revision; zero for: is absent.</summary>
    public static Compare CreatedAt(ByteString key, long revision) => new()
    {
        Key = key,
        Target = Compare.Types.CompareTarget.Create,
        Result = Compare.Types.CompareResult.Equal,
        CreateRevision = revision,
    };

    public static RequestOp Get(RangeRequest request) => new() { RequestRange = request };

    public static RequestOp Put(ByteString key, ByteString value, long lease) =>
        new() { RequestPut = new PutRequest { Key = key, Value = value, Lease = lease } };

    public static RequestOp Delete(ByteString key) => new() { RequestDeleteRange = new DeleteRangeRequest { Key = key } };

    /// <summary>The end of the range of a prefix that ends in a slash.</summary>
    public static ByteString EndOf(ByteString prefix)
    {
        byte[] end = prefix.ToByteArray();
        end[^1]++;
        return UnsafeByteOperations.UnsafeWrap(end);
    }
}
