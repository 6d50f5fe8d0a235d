using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Json;

/// <summary>
/// Errors as grpc-gateway writes them. Its versions differ: 2 has <c>code</c> and <c>message</c>, 1 repeats the message
/// as <c>error</c>, and in streams has <c>grpc_code</c> and what belongs to HTTP. Here is what any of them has.
/// </summary>
internal static class JsonErrors
{
    public const string ContentType = "application/json";

    /// <summary>nginx's number for a client that has closed its request.</summary>
    private const int ClientClosedRequest = 499;

    /// <summary>So that texts look as they do elsewhere; the answer is JSON and never HTML.</summary>
    private static readonly JsonWriterOptions s_writerOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The status of HTTP that stands for one of gRPC, after google.rpc.Code.</summary>
    public static int HttpStatusOf(StatusCode code) => code switch
    {
        StatusCode.OK => StatusCodes.Status200OK,
        StatusCode.Cancelled => ClientClosedRequest,
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange => StatusCodes.Status400BadRequest,
        StatusCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.AlreadyExists or StatusCode.Aborted => StatusCodes.Status409Conflict,
        StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        StatusCode.Unimplemented => StatusCodes.Status501NotImplemented,
        StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>Sets status and headers of an answer that is an error from its start.</summary>
    public static void SetStatus(HttpResponse response, Status status)
    {
        response.StatusCode = HttpStatusOf(status.StatusCode);
        response.ContentType = ContentType;
        if (status.StatusCode == StatusCode.Unauthenticated)
        {
            response.Headers.WWWAuthenticate = PercentEncoding.Encode(status.Detail);
        }
    }

    /// <summary>What is answered instead of a message.</summary>
    public static ReadOnlySpan<byte> Body(Status status)
    {
        var body = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(body, s_writerOptions);
        json.WriteStartObject();
        json.WriteString("error", status.Detail);
        json.WriteString("message", status.Detail);
        json.WriteNumber("code", (int)status.StatusCode);
        json.WriteEndObject();
        json.Flush();
        return body.WrittenSpan;
    }

    /// <summary>The last line of a stream that fails.</summary>
    public static ReadOnlySpan<byte> StreamLine(Status status)
    {
        int httpStatus = HttpStatusOf(status.StatusCode);
        var body = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(body, s_writerOptions);
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteNumber("grpc_code", (int)status.StatusCode);
        json.WriteNumber("http_code", httpStatus);
        json.WriteString("message", status.Detail);
        json.WriteString("http_status", ReasonPhrases.GetReasonPhrase(httpStatus));
        json.WriteNumber("code", (int)status.StatusCode);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        body.Write("\n"u8);
        return body.WrittenSpan;
    }
}
