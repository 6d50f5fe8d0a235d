namespace Quorate.Grpc.Protocol;

/// <summary>How a value of metadata looks as the value of a header: as it is, or base64 for bytes.</summary>
internal static class MetadataValues
{
    public static string ToHeader(Metadata.Entry entry) =>
        entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes).TrimEnd('=') : entry.Value;

    /// <summary>
    /// Adds what came in, if it is metadata at all. What cannot be (a name or a text outside of the
    /// protocol's, bytes that are not base64) is left out: a stranger's odd header fails no call.
    /// </summary>
    public static void AddReceived(Metadata metadata, string key, string value)
    {
        try
        {
            if (!key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase))
            {
                metadata.Add(key, value);
                return;
            }

            // Several values may have been joined by commas on their way.
            foreach (string part in value.Split(',', StringSplitOptions.TrimEntries))
            {
                metadata.Add(key, Convert.FromBase64String(Padded(part)));
            }
        }
        catch (Exception malformed) when (malformed is ArgumentException or FormatException)
        {
        }
    }

    private static string Padded(string base64) => base64.PadRight((base64.Length + 3) / 4 * 4, '=');
}
