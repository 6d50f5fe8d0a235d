using Google.Protobuf;
using Quorate.Etcd.Protocol;
using static Quorate.Etcd.Protocol.Compare.Types;

namespace Quorate.Etcd.Tests.Support;

/// <summary>Requests in few words.</summary>
internal static class Ask
{
    public static ByteString Bytes(string text) => ByteString.CopyFromUtf8(text);

    public static PutRequest Put(string key, string value) => new() { Key = Bytes(key), Value = Bytes(value) };

    public static RangeRequest Get(string key, string? end = null) =>
        new() { Key = Bytes(key), RangeEnd = end is null ? ByteString.Empty : Bytes(end) };

    public static DeleteRangeRequest Delete(string key, string? end = null) =>
        new() { Key = Bytes(key), RangeEnd = end is null ? ByteString.Empty : Bytes(end) };

    public static RequestOp Op(PutRequest request) => new() { RequestPut = request };

    public static RequestOp Op(RangeRequest request) => new() { RequestRange = request };

    public static RequestOp Op(DeleteRangeRequest request) => new() { RequestDeleteRange = request };

    public static RequestOp Op(TxnRequest request) => new() { RequestTxn = request };

    public static TxnRequest Then(params RequestOp[] operations) => new() { Success = { operations } };

    public static TxnRequest If(params Compare[] compares) => new() { Compare = { compares } };

    public static TxnRequest Then(this TxnRequest request, params RequestOp[] operations)
    {
        request.Success.Add(operations);
        return request;
    }

    public static TxnRequest Else(this TxnRequest request, params RequestOp[] operations)
    {
        request.Failure.Add(operations);
        return request;
    }

    public static Compare Version(string key, CompareResult result, long version) =>
        new() { Key = Bytes(key), Target = CompareTarget.Version, Result = result, Version = version };

    public static Compare Create(string key, CompareResult result, long revision) =>
        new() { Key = Bytes(key), Target = CompareTarget.Create, Result = result, CreateRevision = revision };

    public static Compare Mod(string key, CompareResult result, long revision) =>
        new() { Key = Bytes(key), Target = CompareTarget.Mod, Result = result, ModRevision = revision };

    public static Compare Value(string key, CompareResult result, string value) =>
        new() { Key = Bytes(key), Target = CompareTarget.Value, Result = result, Value = Bytes(value) };

    public static Compare Lease(string key, CompareResult result, long lease) =>
        new() { Key = Bytes(key), Target = CompareTarget.Lease, Result = result, Lease = lease };

    public static Compare Over(this Compare compare, string end)
    {
        compare.RangeEnd = Bytes(end);
        return compare;
    }
}
