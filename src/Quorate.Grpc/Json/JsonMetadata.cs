using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Json;

/// <summary>
/// Metadata of a call by JSON. Most headers of such a call are a browser's or a proxy's business; the caller's own begin
/// with <c>Grpc-Metadata-</c>. <c>Authorization</c> is for the handler as it is.
/// </summary>
internal static class JsonMetadata
{
    private const string Prefix = "Grpc-Metadata-";
    private const string Authorization = "authorization";

    public static Metadata FromRequest(IHeaderDictionary headers)
    {
        var metadata = new Metadata();
        foreach (KeyValuePair<string, StringValues> header in headers)
        {
            string? name = header.Key.Equals(Authorization, StringComparison.OrdinalIgnoreCase) ? Authorization
                : header.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? header.Key[Prefix.Length..]
                : null;
            if (string.IsNullOrEmpty(name) || GrpcHeaders.IsReserved(name))
            {
                continue;
            }

            foreach (string? value in header.Value)
            {
                MetadataValues.AddReceived(metadata, name, value ?? "");
            }
        }

        return metadata;
    }

    public static void Write(Metadata metadata, IHeaderDictionary headers)
    {
        foreach (Metadata.Entry entry in metadata)
        {
            headers.Append(Prefix + entry.Key, MetadataValues.ToHeader(entry));
        }
    }
}
