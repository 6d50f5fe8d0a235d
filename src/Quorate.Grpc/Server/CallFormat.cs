using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Server;

/// <summary>
/// How a call looks on HTTP: what surrounds its messages, its metadata and its status. The only thing in which calls by
/// gRPC and calls by JSON differ: handlers, deadlines, cancellation and limits are the same code for both.
/// </summary>
internal abstract class CallFormat
{
    /// <summary>Whether headers can travel before it is known how the call ends.</summary>
    public abstract bool SendsHeadersEarly { get; }

    /// <summary>Sets what every answer begins with.</summary>
    public abstract void BeginResponse(HttpContext http);

    /// <summary>What the client sent beside its messages.</summary>
    public abstract Metadata ReadMetadata(HttpContext http);

    /// <summary>Puts a handler's metadata among the headers of the answer.</summary>
    public abstract void WriteMetadata(HttpContext http, Metadata headers);

    /// <summary>Takes the messages out of the request.</summary>
    public abstract IRequestMessages OpenReader(HttpContext http, int messageBytesMax);

    /// <summary>Writes a message into the buffer of the response, without sending it.</summary>
    public abstract void WriteMessage(HttpContext http, IMessage message);

    /// <summary>Writes a message that its handler has encoded, likewise.</summary>
    public abstract void WriteMessage(HttpContext http, IEncodedMessage message);

    /// <summary>Writes how the call ended; the last thing that is written. Not called once the caller has left.</summary>
    /// <param name="http">The call.</param>
    /// <param name="status">How it ended.</param>
    /// <param name="trailers">What the handler says beside it; null for nothing.</param>
    /// <param name="hasWritten">Whether a message was written before.</param>
    public abstract void WriteEnd(HttpContext http, Status status, Metadata? trailers, bool hasWritten);

    /// <summary>The status of a call whose time limit is none.</summary>
    public abstract Status MalformedTimeout(string text);
}
