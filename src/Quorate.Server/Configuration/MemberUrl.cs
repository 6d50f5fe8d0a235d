using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Quorate.Server.Configuration;

/// <summary>An address in the form that etcd's settings have: <c>http://host:port</c>.</summary>
/// <param name="Host">A name or an IP address, without brackets.</param>
/// <param name="Port">The port.</param>
public readonly record struct MemberUrl(string Host, int Port)
{
    /// <summary>Whether it names every interface, which says where to listen but not where to find the member.</summary>
    public bool IsWildcard => Host is "0.0.0.0" or "::" or "*";

    /// <summary>Host and port, with brackets around an IPv6 address.</summary>
    public string Authority =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");

    /// <summary>Reads one URL; <paramref name="problem"/> says what is wrong with it and what would work.</summary>
    public static bool TryParse(string text, out MemberUrl url, [NotNullWhen(false)] out string? problem)
    {
        url = default;
        if (text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("unix", StringComparison.OrdinalIgnoreCase))
        {
            problem = $"'{text}' asks for a scheme that is not supported; use http://HOST:PORT";
            return false;
        }

        if (!text.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            problem = $"'{text}' is not a URL of the form http://HOST:PORT";
            return false;
        }

        string authority = text["http://".Length..].TrimEnd('/');
        int colon = authority.LastIndexOf(':');
        if (colon <= 0 || authority.EndsWith(']'))
        {
            problem = $"'{text}' has no port; use http://HOST:PORT";
            return false;
        }

        if (!int.TryParse(authority[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is < 1 or > 65535)
        {
            problem = $"'{text}' has no port from 1 to 65535 after its last colon";
            return false;
        }

        string host = authority[..colon].Trim('[', ']');
        if (host.Length == 0 || Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            problem = $"'{text}' names no host; use a host name or an IP address, an IPv6 address in brackets";
            return false;
        }

        url = new MemberUrl(host, port);
        problem = null;
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"http://{Authority}";
}
