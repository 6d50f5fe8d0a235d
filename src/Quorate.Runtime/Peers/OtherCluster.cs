namespace Quorate.Runtime;

/// <summary>
/// Why two members that dial each other are of different clusters. A cluster's id comes from those of its members, and theirs
/// from their addresses and the token, so that one of these differs; where an id is known to both sides, the token does not.
/// </summary>
internal static class OtherCluster
{
    /// <summary>Which settings to compare, by the names that whoever starts the members knows, and what to do then.</summary>
    public static string Explain(PeerNetworkOptions options, bool sharesIds)
    {
        string list = $"its list of members with their addresses ({options.MembersSetting})";
        string different = sharesIds ? list : $"its token ({options.TokenSetting}) or {list}";
        return $"{different} differs from this member's. All members need the same; the one that is wrong is to start again with what is right, and an empty data folder";
    }
}
