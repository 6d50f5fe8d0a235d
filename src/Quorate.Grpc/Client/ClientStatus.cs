namespace Quorate.Grpc.Client;

/// <summary>Which status tells what HTTP could not do.</summary>
internal static class ClientStatus
{
    public static readonly Status DeadlineExceeded = new(StatusCode.DeadlineExceeded, "The deadline passed before the call ended.");

    // Error codes of HTTP/2, RFC 9113 section 7.
    private const long RefusedStream = 0x7;
    private const long Cancel = 0x8;
    private const long EnhanceYourCalm = 0xb;
    private const long InadequateSecurity = 0xc;

    /// <summary>
    /// How .NET's text of a stream that the server has reset begins. Nothing else in the exception tells it from the end
    /// of the whole connection, whose error codes are the same numbers.
    /// </summary>
    private const string ResetText = "The HTTP/2 server reset the stream.";

    public static RpcException OfTransport(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case HttpProtocolException protocol when protocol.Message.StartsWith(ResetText, StringComparison.Ordinal):
                    return OfErrorCode(protocol, exception);
                case HttpProtocolException:
                    // A ping without an answer, a farewell with an error, bytes that are no HTTP/2: what befell the call is not known.
                    return Make(StatusCode.Unavailable, $"The connection to the server failed: {cause.Message}", exception, neverProcessed: false);
                case HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError }:
                    return Make(StatusCode.Unavailable, $"No connection to the server: {exception.Message}", exception, neverProcessed: true);
                case HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse }:
                    return Make(
                        StatusCode.Unavailable,
                        "What answers there does not speak gRPC; is it a port for clients, and not one for the other members?",
                        exception,
                        neverProcessed: false);
                case OperationCanceledException { InnerException: TimeoutException }:
                    // Nothing else times out by itself: the connection took longer than it may.
                    return Make(StatusCode.Unavailable, "No connection to the server within the time it may take.", exception, neverProcessed: true);
                case HttpRequestException or IOException or System.Net.Sockets.SocketException or ObjectDisposedException or OperationCanceledException:
                    continue;
                default:
                    return Make(StatusCode.Internal, exception.Message, exception, neverProcessed: false);
            }
        }

        return Make(StatusCode.Unavailable, $"The connection to the server failed: {exception.Message}", exception, neverProcessed: false);
    }

    private static RpcException OfErrorCode(HttpProtocolException protocol, Exception exception)
    {
        StatusCode code = protocol.ErrorCode switch
        {
            RefusedStream => StatusCode.Unavailable,
            Cancel => StatusCode.Cancelled,
            EnhanceYourCalm => StatusCode.ResourceExhausted,
            InadequateSecurity => StatusCode.PermissionDenied,
            _ => StatusCode.Internal,
        };
        return Make(code, $"The server reset the call: {protocol.Message}", exception, neverProcessed: protocol.ErrorCode == RefusedStream);
    }

    private static RpcException Make(StatusCode code, string detail, Exception cause, bool neverProcessed) =>
        new(new Status(code, detail), Metadata.Empty, cause) { NeverProcessed = neverProcessed };
}
