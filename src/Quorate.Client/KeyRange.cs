using Google.Protobuf;

namespace Quorate.Client;

/// <summary>
/// One key, or all keys from one to another, as etcd's requests have them. A text stands for its UTF-8; a text where a
/// range is asked for is that one key.
/// </summary>
/// <param name="Key">The key, or the first of the range.</param>
/// <param name="RangeEnd">
/// The first key beyond the range; empty if only <paramref name="Key"/> is meant; one zero byte if there is no end.
/// </param>
public sealed record KeyRange(ByteString Key, ByteString RangeEnd)
{
    private static readonly ByteString s_zero = ByteString.CopyFrom(0);

    /// <summary>Every key there is.</summary>
    public static KeyRange All { get; } = new(s_zero, s_zero);

    /// <summary>One key.</summary>
    public static implicit operator KeyRange(string key) => Of(key);

    /// <summary>One key.</summary>
    public static KeyRange Of(string key) => Of(ByteString.CopyFromUtf8(key));

    /// <summary>One key.</summary>
    public static KeyRange Of(ByteString key) => new(key, ByteString.Empty);

    /// <summary>All keys that begin with <paramref name="prefix"/>; all there are if it is empty.</summary>
    public static KeyRange Prefix(string prefix) => Prefix(ByteString.CopyFromUtf8(prefix));

    /// <summary>All keys that begin with <paramref name="prefix"/>; all there are if it is empty.</summary>
    public static KeyRange Prefix(ByteString prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return prefix.IsEmpty ? All : new KeyRange(prefix, EndOfPrefix(prefix));
    }

    /// <summary>All keys from <paramref name="first"/> on.</summary>
    public static KeyRange From(string first) => first.Length == 0 ? All : new KeyRange(ByteString.CopyFromUtf8(first), s_zero);

    /// <summary>All keys from <paramref name="first"/> to the last one before <paramref name="end"/>.</summary>
    public static KeyRange Between(string first, string end) => new(ByteString.CopyFromUtf8(first), ByteString.CopyFromUtf8(end));

    /// <summary>
    /// The first key after all that begin with <paramref name="prefix"/>; for an empty prefix, and one of 0xff bytes only,
    /// etcd's sign for "to the end", a zero byte.
    /// </summary>
    public static ByteString EndOfPrefix(ByteString prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        byte[] end = prefix.ToByteArray();
        for (int i = end.Length - 1; i >= 0; i--)
        {
            if (end[i] < 0xff)
            {
                end[i]++;
                return ByteString.CopyFrom(end, 0, i + 1);
            }
        }

        return s_zero;
    }
}
