using System.Globalization;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Server;

/// <summary>gRPC over HTTP/2: length-prefixed messages, and the status in trailers.</summary>
internal sealed class GrpcCallFormat : CallFormat
{
    public static readonly GrpcCallFormat Instance = new();

    private static readonly StringValues s_statusOk = new("0");

    private GrpcCallFormat()
    {
    }

    public override bool SendsHeadersEarly => true;

    public override void BeginResponse(HttpContext http) => RequestCheck.BeginResponse(http);

    public override Metadata ReadMetadata(HttpContext http) => MetadataHeaders.FromRequest(http.Request.Headers);

    public override void WriteMetadata(HttpContext http, Metadata headers) => MetadataHeaders.Write(headers, http.Response.Headers);

    public override IRequestMessages OpenReader(HttpContext http, int messageBytesMax) =>
        new MessageReader(http.Request.BodyReader, messageBytesMax, http.Request.Headers[GrpcHeaders.Encoding]);

    public override void WriteMessage(HttpContext http, IMessage message) => MessageWriter.Write(http.Response.BodyWriter, message);

    public override void WriteMessage(HttpContext http, IEncodedMessage message) => MessageWriter.Write(http.Response.BodyWriter, message);

    /// <summary>In the trailers; or in the headers, if nothing was sent before an error (the protocol's "trailers-only").</summary>
    public override void WriteEnd(HttpContext http, Status status, Metadata? trailers, bool hasWritten)
    {
        bool trailersOnly = status.StatusCode != StatusCode.OK && !hasWritten && !http.Response.HasStarted;
        IHeaderDictionary? target = trailersOnly
            ? http.Response.Headers
            : http.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
        if (target is null)
        {
            return;
        }

        if (trailers is not null)
        {
            MetadataHeaders.Write(trailers, target);
        }

        target[GrpcHeaders.Status] = status.StatusCode == StatusCode.OK
            ? s_statusOk
            : ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (status.Detail.Length > 0)
        {
            target[GrpcHeaders.Message] = PercentEncoding.Encode(status.Detail);
        }
    }

    public override Status MalformedTimeout(string text) => new(StatusCode.Internal, $"malformed grpc-timeout: {text}");
}
