using System.Globalization;
using Quorate.Etcd.Protocol;

namespace Quorate.Server.CommandLine;

/// <summary>Finds the member that somebody means: by its name, its id or one of its addresses, as <c>members</c> prints them.</summary>
internal static class MemberChoice
{
    /// <summary>
    /// The member; null if none or more than one is meant. Names go before ids: a name may well consist of hexadecimal
    /// digits (b, say), and is chosen by people; that an id is like another member's name is beyond all chance.
    /// </summary>
    public static Member? Find(IReadOnlyCollection<Member> members, string text) =>
        Only(members, member => member.Name == text && text.Length > 0)
        ?? (ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong id) ? Only(members, member => member.ID == id) : null)
        ?? Only(members, member => member.ClientURLs.Concat(member.PeerURLs).Any(url => AddressOf(url) == AddressOf(text)));

    /// <summary>Who may be meant, for a message.</summary>
    public static string List(IEnumerable<Member> members) => string.Join(", ", members.Select(Describe));

    /// <summary>A member by its name and id, or by its id while it has no name.</summary>
    public static string Describe(Member member)
    {
        string id = member.ID.ToString("x", CultureInfo.InvariantCulture);
        return member.Name.Length > 0 ? $"{member.Name} ({id})" : id;
    }

    private static Member? Only(IReadOnlyCollection<Member> members, Func<Member, bool> isMeant)
    {
        Member[] meant = [.. members.Where(isMeant)];
        return meant.Length == 1 ? meant[0] : null;
    }

    /// <summary>Without scheme and path, in which the same address may be written differently.</summary>
    private static string AddressOf(string url)
    {
        int scheme = url.IndexOf("://", StringComparison.Ordinal);
        return (scheme < 0 ? url : url[(scheme + 3)..]).TrimEnd('/').ToLowerInvariant();
    }
}
