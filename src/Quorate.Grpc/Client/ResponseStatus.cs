using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Client;

/// <summary>Reads how a call ended out of the response.</summary>
internal static class ResponseStatus
{
    /// <summary>Whether the headers tell all: no gRPC server answered, or it answered with "trailers-only".</summary>
    public static bool IsHeadersOnly(HttpResponseMessage response)
    {
        return response.StatusCode != HttpStatusCode.OK
            || !GrpcHeaders.IsGrpcContentType(response.Content.Headers.ContentType?.ToString())
            || response.Headers.Contains(GrpcHeaders.Status);
    }

    /// <summary>The status, once the response has been read to its end.</summary>
    public static Status Read(HttpResponseMessage response)
    {
        string? inHeaders = FirstValue(response.Headers, GrpcHeaders.Status);
        if (inHeaders is not null)
        {
            return Parse(inHeaders, response.Headers);
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            return new Status(OfHttp(response.StatusCode), $"The server answered with HTTP status {(int)response.StatusCode}.");
        }

        if (!GrpcHeaders.IsGrpcContentType(response.Content.Headers.ContentType?.ToString()))
        {
            return new Status(StatusCode.Unknown, $"The server answered with content type '{response.Content.Headers.ContentType}', which is not gRPC.");
        }

        string? inTrailers = FirstValue(response.TrailingHeaders, GrpcHeaders.Status);
        return inTrailers is null
            ? new Status(StatusCode.Internal, "The server ended the call without a status.")
            : Parse(inTrailers, response.TrailingHeaders);
    }

    public static Metadata ReadMetadata(HttpHeaders headers)
    {
        var metadata = new Metadata();
        foreach (KeyValuePair<string, HeaderStringValues> header in headers.NonValidated)
        {
            if (!GrpcHeaders.IsReserved(header.Key))
            {
                foreach (string value in header.Value)
                {
                    MetadataValues.AddReceived(metadata, header.Key, value);
                }
            }
        }

        return metadata;
    }

    public static string? FirstValue(HttpHeaders headers, string name)
    {
        if (headers.NonValidated.TryGetValues(name, out HeaderStringValues values))
        {
            foreach (string value in values)
            {
                return value;
            }
        }

        return null;
    }

    private static Status Parse(string status, HttpHeaders headers)
    {
        string detail = PercentEncoding.Decode(FirstValue(headers, GrpcHeaders.Message) ?? "");
        if (!int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out int code))
        {
            return new Status(StatusCode.Unknown, $"The server ended the call with the status '{status}', which is no number. {detail}");
        }

        // A number that nobody has defined yet is, by the protocol, an unknown error.
        return new Status(code <= (int)StatusCode.Unauthenticated ? (StatusCode)code : StatusCode.Unknown, detail);
    }

    private static StatusCode OfHttp(HttpStatusCode status)
    {
        return status switch
        {
            HttpStatusCode.BadRequest => StatusCode.Internal,
            HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
            HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
            HttpStatusCode.NotFound => StatusCode.Unimplemented,
            HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
                => StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        };
    }
}
