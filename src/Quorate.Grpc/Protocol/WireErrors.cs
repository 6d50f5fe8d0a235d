namespace Quorate.Grpc.Protocol;

/// <summary>
/// What is wrong with bytes that came in. Codes and, where people know them by heart, texts are those
/// of grpc-go, because that is what tools look for.
/// </summary>
internal static class WireErrors
{
    public static RpcException MessageTooLarge(long bytes, int bytesMax) =>
        Error(StatusCode.ResourceExhausted, $"grpc: received message larger than max ({bytes} vs. {bytesMax})");

    public static RpcException UnknownFlag(byte flag) =>
        Error(StatusCode.Internal, $"grpc: received unexpected payload format {flag}");

    public static RpcException CompressedWithoutEncoding() =>
        Error(StatusCode.Internal, "grpc: compressed flag set with identity or empty encoding");

    public static RpcException UnknownEncoding(string encoding) =>
        Error(StatusCode.Unimplemented, $"grpc: Decompressor is not installed for grpc-encoding \"{encoding}\"");

    public static RpcException DamagedCompression(Exception cause) =>
        Error(StatusCode.Internal, $"grpc: failed to decompress the received message: {cause.Message}", cause);

    public static RpcException Unparsable(Exception cause) =>
        Error(StatusCode.Internal, $"grpc: error unmarshalling request: {cause.Message}", cause);

    public static RpcException CutOff(long bytesThere, long bytesSaid) =>
        Error(StatusCode.Internal, $"grpc: the stream ended inside a message, after {bytesThere} of {bytesSaid} bytes");

    public static RpcException NoMessage() =>
        Error(StatusCode.Internal, "grpc: the stream ended without the one message that this call carries");

    public static RpcException MoreThanOneMessage() =>
        Error(StatusCode.Internal, "grpc: more than the one message that this call carries was received");

    private static RpcException Error(StatusCode code, string detail, Exception? cause = null) =>
        new(new Status(code, detail), Metadata.Empty, cause);
}
