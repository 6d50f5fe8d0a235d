using System.Globalization;

namespace Quorate.Server.CommandLine;

/// <summary>Ids of leases as etcdctl writes them: hexadecimal, without a sign before them.</summary>
internal static class LeaseIds
{
    public static string Format(long id) => id.ToString("x16", CultureInfo.InvariantCulture);

    /// <exception cref="FormatException">The text is none.</exception>
    public static long Parse(string text) =>
        long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long id)
            ? id
            : throw new FormatException($"'{text}' is no id of a lease; one is hexadecimal, as 'lease grant' prints it");
}
