using Google.Protobuf;

namespace Quorate.Server.Transactions;

/// <summary>Ranges of all keys that begin alike.</summary>
internal static class KeyPrefix
{
    /// <summary>
    /// The first key after all that begin with <paramref name="prefix"/>; for an empty prefix, and one of 0xff bytes only,
    /// etcd's sign for "to the end", a zero byte.
    /// </summary>
    public static ByteString EndOf(ByteString prefix)
    {
        byte[] end = prefix.ToByteArray();
        for (int i = end.Length - 1; i >= 0; i--)
        {
            if (end[i] < 0xff)
            {
                end[i]++;
                return ByteString.CopyFrom(end, 0, i + 1);
            }
        }

        return ByteString.CopyFrom(0);
    }
}
