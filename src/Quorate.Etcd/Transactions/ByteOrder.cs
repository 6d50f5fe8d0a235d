using Google.Protobuf;

namespace Quorate.Etcd.Transactions;

/// <summary>The order of keys: by their bytes, a prefix first.</summary>
internal static class ByteOrder
{
    public static int Compare(ByteString one, ByteString other) => one.Span.SequenceCompareTo(other.Span);
}
