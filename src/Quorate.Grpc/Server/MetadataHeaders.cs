using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Server;

/// <summary>Metadata to and from the headers of HTTP.</summary>
internal static class MetadataHeaders
{
    public static Metadata FromRequest(IHeaderDictionary headers)
    {
        var metadata = new Metadata();
        foreach (KeyValuePair<string, StringValues> header in headers)
        {
            if (GrpcHeaders.IsReserved(header.Key))
            {
                continue;
            }

            foreach (string? value in header.Value)
            {
                MetadataValues.AddReceived(metadata, header.Key, value ?? "");
            }
        }

        return metadata;
    }

    public static void Write(Metadata metadata, IHeaderDictionary headers)
    {
        foreach (Metadata.Entry entry in metadata)
        {
            if (!GrpcHeaders.IsReserved(entry.Key))
            {
                headers.Append(entry.Key, MetadataValues.ToHeader(entry));
            }
        }
    }
}
