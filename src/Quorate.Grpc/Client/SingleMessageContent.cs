using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Client;

/// <summary>A request of one message. It can be sent again, as HTTP does when a connection refuses it unread.</summary>
internal sealed class SingleMessageContent : HttpContent
{
    private static readonly MediaTypeHeaderValue s_grpcContentType = new(GrpcHeaders.ContentType);
    private readonly IMessage _message;

    public SingleMessageContent(IMessage message)
    {
        _message = message;
        Headers.ContentType = s_grpcContentType;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        WriteFrameAsync(stream, _message, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }

    /// <summary>Writes a message with its header in one piece.</summary>
    public static async Task WriteFrameAsync(Stream stream, IMessage message, CancellationToken cancellationToken)
    {
        int size = message.CalculateSize();
        int frameBytes = MessageHeader.SizeBytes + size;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(frameBytes);
        try
        {
            MessageHeader.Write(buffer, size);
            message.WriteTo(buffer.AsSpan(MessageHeader.SizeBytes, size));
            await stream.WriteAsync(buffer.AsMemory(0, frameBytes), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
