using System.Globalization;

namespace Quorate.Server.CommandLine;

/// <summary>An alarm in words for people: etcd's, but with the member's id as all other commands print it.</summary>
internal static class AlarmText
{
    private const string MemberLabel = "memberID:";

    public static string Of(ulong memberId, string alarm) =>
        string.Create(CultureInfo.InvariantCulture, $"{MemberLabel}{memberId:x} alarm:{alarm}");

    /// <summary>
    /// What a member says is wrong with it, of which alarms have the decimal id that etcd writes into them; whatever else
    /// it says is left as it is.
    /// </summary>
    public static string InHexadecimal(string error)
    {
        int end = error.IndexOf(' ', StringComparison.Ordinal);
        return end > MemberLabel.Length
            && error.StartsWith(MemberLabel, StringComparison.Ordinal)
            && ulong.TryParse(error[MemberLabel.Length..end], NumberStyles.None, CultureInfo.InvariantCulture, out ulong id)
                ? string.Create(CultureInfo.InvariantCulture, $"{MemberLabel}{id:x}{error[end..]}")
                : error;
    }
}
