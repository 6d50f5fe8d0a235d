using Google.Protobuf;
using Quorate.Etcd.Protocol;

namespace Quorate.Client;

/// <summary>The simple operations of a transaction.</summary>
public static class Operations
{
    /// <summary>Writes a key.</summary>
    public static RequestOp Put(string key, string value) => new()
    {
        RequestPut = new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8(value) },
    };

    /// <summary>Reads a key.</summary>
    public static RequestOp Get(string key) => new()
    {
        RequestRange = new RangeRequest { Key = ByteString.CopyFromUtf8(key) },
    };

    /// <summary>Deletes a key.</summary>
    public static RequestOp Delete(string key) => new()
    {
        RequestDeleteRange = new DeleteRangeRequest { Key = ByteString.CopyFromUtf8(key) },
    };
}
