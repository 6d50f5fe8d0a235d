using Google.Protobuf;
using Quorate.Etcd.Protocol;
using static Quorate.Etcd.Protocol.Compare.Types;

namespace Quorate.Simulation.Tests.Support;

/// <summary>Requests in few words.</summary>
internal static class Ask
{
    public static ByteString Bytes(string text) => ByteString.CopyFromUtf8(text);

    public static PutRequest Put(string key, string value, bool previous = false) =>
        new() { Key = Bytes(key), Value = Bytes(value), PrevKv = previous };

    public static RangeRequest Get(string key, string end = "", long revision = 0, long limit = 0) =>
        new() { Key = Bytes(key), RangeEnd = Bytes(end), Revision = revision, Limit = limit };

    public static DeleteRangeRequest Delete(string key, string end = "", bool previous = false) =>
        new() { Key = Bytes(key), RangeEnd = Bytes(end), PrevKv = previous };

    public static CompactionRequest Compact(long revision) => new() { Revision = revision };

    public static RequestOp Op(IMessage request) => request switch
    {
        PutRequest put => new RequestOp { RequestPut = put },
        RangeRequest range => new RequestOp { RequestRange = range },
        DeleteRangeRequest delete => new RequestOp { RequestDeleteRange = delete },
        TxnRequest transaction => new RequestOp { RequestTxn = transaction },
        _ => throw new ArgumentException("not an operation", nameof(request)),
    };

    public static TxnRequest Then(params IMessage[] requests) => new() { Success = { requests.Select(Op) } };

    /// <summary>Puts a key if its last change has a revision, else reads it.</summary>
    public static TxnRequest Swap(string key, long modRevision, string value) => new()
    {
        Compare = { Mod(key, modRevision) },
        Success = { Op(Put(key, value)) },
        Failure = { Op(Get(key)) },
    };

    public static Compare Mod(string key, long revision) =>
        new() { Key = Bytes(key), Target = CompareTarget.Mod, Result = CompareResult.Equal, ModRevision = revision };

    public static Compare Version(string key, long version) =>
        new() { Key = Bytes(key), Target = CompareTarget.Version, Result = CompareResult.Equal, Version = version };

    public static Compare Value(string key, string value) =>
        new() { Key = Bytes(key), Target = CompareTarget.Value, Result = CompareResult.Equal, Value = Bytes(value) };
}
