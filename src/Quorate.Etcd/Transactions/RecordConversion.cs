using Google.Protobuf;
using Quorate.KeyValue;

namespace Quorate.Etcd.Transactions;

/// <summary>A record of the store as a message.</summary>
internal static class RecordConversion
{
    /// <summary>The message shares the record's bytes, which never change.</summary>
    public static Protocol.KeyValue ToMessage(in KeyValueRecord record) => new()
    {
        Key = UnsafeByteOperations.UnsafeWrap(record.Key),
        Value = record.Value.IsEmpty ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(record.Value),
        CreateRevision = record.CreateRevision,
        ModRevision = record.ModRevision,
        Version = record.Version,
        Lease = record.Lease,
    };
}
