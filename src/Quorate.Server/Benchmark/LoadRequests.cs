using Google.Protobuf;
using Quorate.Etcd.Protocol;

namespace Quorate.Server.Benchmark;

/// <summary>The requests that loads are made of. All keys lie under <see cref="Prefix"/>.</summary>
internal static class LoadRequests
{
    /// <summary>In front of every key that a load writes.</summary>
    public const string Prefix = "quorate-bench/";

    /// <summary>Behind every key that a load writes.</summary>
    public const string PrefixEnd = "quorate-bench0";

    private static ByteString OpenKey => ByteString.CopyFromUtf8(RequestTemplate.OpenKey(Prefix));

    /// <summary>The key with this number.</summary>
    public static string Key(int number) => $"{Prefix}{number:d8}";

    public static RequestTemplate Put(int valueBytes) => RequestTemplate.Create(
        "/etcdserverpb.KV/Put", new PutRequest { Key = OpenKey, Value = Value(valueBytes) });

    public static RequestTemplate Get(bool isLocal) => RequestTemplate.Create(
        "/etcdserverpb.KV/Range", new RangeRequest { Key = OpenKey, Serializable = isLocal });

    public static RequestTemplate Range(bool isLocal, int keys) => RequestTemplate.Create(
        "/etcdserverpb.KV/Range",
        new RangeRequest { Key = OpenKey, RangeEnd = ByteString.CopyFromUtf8(PrefixEnd), Limit = keys, Serializable = isLocal });

    public static RequestTemplate Transaction(int valueBytes) => RequestTemplate.Create(
        "/etcdserverpb.KV/Txn",
        new TxnRequest
        {
            Compare =
            {
                new Compare { Key = OpenKey, Target = Compare.Types.CompareTarget.Version, Result = Compare.Types.CompareResult.Greater, Version = -1 },
            },
            Success =
            {
                new RequestOp { RequestPut = new PutRequest { Key = OpenKey, Value = Value(valueBytes) } },
                new RequestOp { RequestRange = new RangeRequest { Key = OpenKey } },
            },
        });

    /// <summary>A value that does not compress and is the same in every run.</summary>
    public static ByteString Value(int bytes)
    {
        byte[] value = new byte[bytes];
        new Random(1).NextBytes(value);

        // Not to be taken for the place of a key.
        for (int i = 0; i < bytes; i++)
        {
            value[i] = value[i] == (byte)'#' ? (byte)'+' : value[i];
        }

        return UnsafeByteOperations.UnsafeWrap(value);
    }
}
