using System.Text;

namespace Quorate.Server.Http;

/// <summary>
/// What clients of etcd send as <c>:authority</c>. It should be host and port (RFC 9113 §8.3.1, RFC 3986 §3.2), but some
/// of etcd's own clients send what they were given as endpoint, a URL; etcd never looks at it.
/// </summary>
internal static class RequestAuthority
{
    /// <summary>A name of DNS has at most 253 characters. What is longer than this is left to Kestrel.</summary>
    public const int CharactersMax = 512;

    /// <summary>
    /// Finds host and port in an authority that has more than that. False when it is in order, or when what is wrong
    /// with it is not known; Kestrel judges both.
    /// </summary>
    public static bool TryRepair(ReadOnlySpan<byte> authority, out Range hostAndPort)
    {
        hostAndPort = default;
        int start = SchemeLength(authority);
        if (start == 0)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = authority[start..];
        int slash = rest.IndexOf((byte)'/');
        int length = slash < 0 ? rest.Length : slash;
        hostAndPort = start..(start + length);
        return length > 0;
    }

    private static int SchemeLength(ReadOnlySpan<byte> authority)
    {
        ReadOnlySpan<byte> http = "http://"u8;
        ReadOnlySpan<byte> https = "https://"u8;
        return StartsWith(authority, http) ? http.Length : StartsWith(authority, https) ? https.Length : 0;
    }

    /// <summary>The case of a scheme means nothing (RFC 3986 §3.1).</summary>
    private static bool StartsWith(ReadOnlySpan<byte> authority, ReadOnlySpan<byte> scheme) =>
        authority.Length >= scheme.Length && Ascii.EqualsIgnoreCase(authority[..scheme.Length], scheme);
}
