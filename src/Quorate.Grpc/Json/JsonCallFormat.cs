using System.Buffers;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;
using Quorate.Grpc.Protocol;
using Quorate.Grpc.Server;

namespace Quorate.Grpc.Json;

/// <summary>
/// A call of one method by JSON, as grpc-gateway answers it: the message is the body, and the status that of HTTP. The
/// messages of a stream are lines, each an object with the member <c>result</c>, or at last one with <c>error</c>.
/// </summary>
internal sealed class JsonCallFormat(MethodDescriptor method) : CallFormat
{
    private static ReadOnlySpan<byte> ResultStart => "{\"result\":"u8;

    private static ReadOnlySpan<byte> ResultEnd => "}\n"u8;

    /// <summary>No: the status of HTTP is the first line, and known only with the first message or the end.</summary>
    public override bool SendsHeadersEarly => false;

    public override void BeginResponse(HttpContext http) => http.Response.ContentType = JsonErrors.ContentType;

    public override Metadata ReadMetadata(HttpContext http) => JsonMetadata.FromRequest(http.Request.Headers);

    public override void WriteMetadata(HttpContext http, Metadata headers) => JsonMetadata.Write(headers, http.Response.Headers);

    public override IRequestMessages OpenReader(HttpContext http, int messageBytesMax) =>
        new JsonRequestReader(http.Request.BodyReader, method.InputType, messageBytesMax);

    public override void WriteMessage(HttpContext http, IMessage message)
    {
        IBufferWriter<byte> body = http.Response.BodyWriter;
        if (!method.IsServerStreaming)
        {
            JsonMessages.Write(message, body);
            return;
        }

        body.Write(ResultStart);
        JsonMessages.Write(message, body);
        body.Write(ResultEnd);
    }

    public override void WriteMessage(HttpContext http, IEncodedMessage message)
    {
        ArrayBufferWriter<byte> encoded = new(message.SizeBytes);
        message.WriteTo(encoded);
        WriteMessage(http, method.OutputType.Parser.ParseFrom(encoded.WrittenSpan));
    }

    public override void WriteEnd(HttpContext http, Status status, Metadata? trailers, bool hasWritten)
    {
        // The one answer that was written was the end of its call: a deadline that passed since does not undo it.
        if (status.StatusCode == StatusCode.OK || (hasWritten && !method.IsServerStreaming))
        {
            return;
        }

        if (!hasWritten)
        {
            JsonErrors.SetStatus(http.Response, status);
        }

        http.Response.BodyWriter.Write(method.IsServerStreaming ? JsonErrors.StreamLine(status) : JsonErrors.Body(status));
    }

    public override Status MalformedTimeout(string text) => new(StatusCode.InvalidArgument, $"invalid grpc-timeout: {text}");
}
