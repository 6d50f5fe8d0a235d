using System.Text;

namespace Quorate.Server.Http;

/// <summary>
/// What clients of etcd send as <c>:authority</c>. It should be host and port (RFC 9113 §8.3.1, RFC 3986 §3.2), but some
/// versions of etcd's own client send what they were given: an endpoint, which may be a URL, in 3.4, and a list of
/// endpoints, <c>#initially=[…;…]</c>, in 3.5.0 (etcd-io/etcd#13192). Newer releases of Go's gRPC that these are built
/// with escape the slashes and the number sign. etcd never looks at the authority.
/// </summary>
internal static class RequestAuthority
{
    /// <summary>A name of DNS has at most 253 characters; a list has several. What is longer is left to Kestrel.</summary>
    public const int CharactersMax = 1024;

    /// <summary>
    /// Finds host and port in an authority that has more than that. False when it is in order, or when what is wrong
    /// with it is not known; Kestrel judges both.
    /// </summary>
    public static bool TryRepair(ReadOnlySpan<byte> authority, out Range hostAndPort)
    {
        int start = Skip(authority, "#initially=["u8, "%23initially=["u8);
        int end = start == 0 ? authority.Length : EndOfFirstEndpoint(authority);
        start += Skip(authority[start..end], "http://"u8, "http:%2F%2F"u8);
        start += Skip(authority[start..end], "https://"u8, "https:%2F%2F"u8);
        hostAndPort = start..(start + LengthWithoutPath(authority[start..end]));
        return start > 0 && hostAndPort.End.Value > start;
    }

    /// <summary>The length of what is there of two, or nothing. Schemes and escapes are of either case (RFC 3986 §6.2.2.1).</summary>
    private static int Skip(ReadOnlySpan<byte> authority, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> escaped) =>
        StartsWith(authority, plain) ? plain.Length : StartsWith(authority, escaped) ? escaped.Length : 0;

    private static bool StartsWith(ReadOnlySpan<byte> authority, ReadOnlySpan<byte> start) =>
        authority.Length >= start.Length && Ascii.EqualsIgnoreCase(authority[..start.Length], start);

    /// <summary>The first endpoint of a list ends at a semicolon, the list at its last character.</summary>
    private static int EndOfFirstEndpoint(ReadOnlySpan<byte> list)
    {
        int semicolon = list.IndexOf((byte)';');
        return semicolon >= 0 ? semicolon : list[^1] == ']' ? list.Length - 1 : list.Length;
    }

    private static int LengthWithoutPath(ReadOnlySpan<byte> endpoint)
    {
        for (int i = 0; i < endpoint.Length; i++)
        {
            if (endpoint[i] == '/' || StartsWith(endpoint[i..], "%2F"u8))
            {
                return i;
            }
        }

        return endpoint.Length;
    }
}
